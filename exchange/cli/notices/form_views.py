"""Forms and what was answered to them, in a terminal and for machines."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from exchange.cli.view import plain
from exchange.language import choose, listed, tr
from exchange.notices.answer import Asked
from exchange.notices.forms.aggregate import sums, table
from exchange.notices.forms.collecting import Collected
from exchange.operations.said.terms import due_text
from exchange.schemas import FormField

_KINDS = {
    "answer": (("", ""), ""),
    "missing": (("未报", "missing"), "red"),
    "unheard": (("无消息", "unheard"), "yellow"),
    "sum": (("小计", "sum"), "cyan"),
    "total": (("合计", "total"), "bold"),
}


def asked_view(found: Asked) -> RenderableType:
    """Show a form as its reader fills it in."""
    head = Text.assemble((found.row.number, "bold"), "  ", plain(found.form.title))
    until = tr("due by {due}", due=due_text(found.due)) + (" " + tr("(provisional)") if found.provisional else "")
    fields = Table(header_style="bold", border_style="dim")
    for title in (tr("field"), tr("asks for"), tr("type"), tr("required")):
        fields.add_column(title, overflow="fold")
    for field in found.form.fields:
        fields.add_row(field.name, plain(field.label), plain(_kind(field)), tr("yes") if field.required else "")
    return Group(head, Text(until), fields)


def asked_json(found: Asked) -> dict[str, Any]:
    """Return the form for machines."""
    return {
        "notice": found.row.notice_id, "state": found.row.state, "due": found.due.isoformat(),
        "provisional": found.provisional, "form": found.form.model_dump(mode="json"),
    }  # fmt: skip


def collected_view(found: Collected) -> RenderableType:
    """Show the table of answers, with who is missing."""
    head = Text.assemble((found.row.number, "bold"), "  ", plain(found.form.title))
    if found.aggregate is None:
        return Group(head, Text(tr("nothing has come in yet"), "dim"))
    totals = found.aggregate.totals
    asked, answered = sum(total.asked for total in totals), sum(total.answered for total in totals)
    said = tr("answered {answered}/{asked}", answered=answered, asked=asked)
    if found.aggregate.unheard:
        said += tr(", {count} levels unheard", count=len(found.aggregate.unheard))
    shown = Table(header_style="bold", border_style="dim")
    first, *lines = table(found.form, found.aggregate)
    for title in (tr("authority"), *first[1:]):
        shown.add_column(plain(title), overflow="fold")
    for kind, *cells in lines:
        name, style = _KINDS[kind]
        shown.add_row(choose(name), *map(plain, cells), style=style)
    return Group(head, Text(said, "green" if found.complete else "yellow"), shown)


def collected_json(found: Collected) -> dict[str, Any]:
    """Return the answers for machines."""
    body: dict[str, Any] = {"notice": found.row.notice_id, "complete": found.complete, "aggregate": None}
    if found.aggregate is not None:
        body["aggregate"] = found.aggregate.model_dump(mode="json")
        body["sums"] = {name: total.sum for name, total in sums(found.form, found.aggregate).items()}
    return body


def _kind(field: FormField) -> str:
    words = [field.type.value]
    if field.choices:
        words.append(listed(field.choices))
    if field.minimum is not None:
        words.append(f"≥ {field.minimum}")
    if field.maximum is not None:
        words.append(f"≤ {field.maximum}")
    return " ".join([*words, field.unit] if field.unit else words)
