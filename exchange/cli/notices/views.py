"""Notices in a terminal: counts by level with bars, who has not signed, who has sent it back and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from exchange.cli.naming import called, in_full
from exchange.cli.view import act_by, plain
from exchange.directory.hierarchy import domain_of, level_of
from exchange.language import choose, listed, name_of, tr
from exchange.language.names import LEVELS, NOTICE_STATES
from exchange.notices.cover import Waiting
from exchange.notices.records import NoticeRow
from exchange.notices.rules.states import TAKEN_BACK, NoticeState
from exchange.notices.status import NoticeStatus
from exchange.operations.said.terms import moment
from exchange.schemas import AtRecall, Count, Named

_COLOURS = {
    "open": "cyan", "waiting": "yellow", "signed": "green", "returned": "yellow", "recalled": "dim", "replaced": "dim",
}  # fmt: skip
_SEATS = {"origin": ("发出", "issued"), "relay": ("转发", "passed on"), "reader": ("收到", "received")}
_NAMES = 12
_AT_RECALL = (
    ("signed_before", ("撤回前已签", "had signed before"), "bold yellow"),
    ("signed_after", ("撤回后签收", "signed after"), "yellow"),
    ("unsigned", ("已收未签", "had it, unsigned"), "cyan"),
    ("not_arrived", ("未收到", "did not have it"), "dim"),
)
"""How readers stood when a notice was taken back: the field, its name, its colour."""


def notice_view(found: NoticeStatus) -> RenderableType:
    """Show a notice with its counts and names."""
    row = found.row
    done = Text(tr("all have answered"), "green")
    state = done if found.over and row.state is NoticeState.OPEN else state_of(row.state)
    head = Text.assemble((row.number, "bold"), "  ", plain(row.title), "  ", state)
    lines: list[RenderableType] = [head, Text(f"{row.notice_id}  {moment(row.received_at)}  → {row.audience}", "dim")]
    if row.act_by:
        lines.append(Text(act_by(row.act_by)))
    if found.waits is not None:
        lines.append(_waits(found.waits))
    if not found.counts:
        lines.append(Text(tr("nothing has been counted yet"), "dim"))
        return Group(*lines)
    lines.append(counts_table(found.counts))
    if found.unsigned and row.state is NoticeState.OPEN:
        lines.append(_names(tr("not signed"), found.unsigned, found.unsigned_more))
    if row.state in TAKEN_BACK:
        lines += at_recall_lines(found)
    for body in found.returned:
        lines.append(
            Text.assemble((tr("returned"), "yellow"), " ", plain(in_full(body.address)), ": ", plain(body.reason))
        )
    return Group(*lines)


def at_recall_lines(found: NoticeStatus) -> list[RenderableType]:
    """Show who had signed for a notice that was taken back, who had it, and who had not, by name and level."""
    at = found.row.settled_at
    head = tr("taken back") if found.row.state is NoticeState.RECALLED else tr("replaced")
    lines: list[RenderableType] = [Text(f"{head} {moment(at) if at else ''}", "dim")]
    if found.at_recall is None:
        lines.append(Text(tr("no level has told yet who had signed"), "dim"))
        return lines
    for field, title, colour in _AT_RECALL:
        lines += _by_level(choose(title), getattr(found.at_recall, field), colour)
    if not found.over:
        lines.append(Text(tr("some levels have not told yet"), "dim"))
    return lines


def _by_level(title: str, named: Named, colour: str) -> list[Text]:
    by_level: dict[int, list[str]] = {}
    for name in named.names:
        by_level.setdefault(level_of(domain_of(name)), []).append(name)
    lines = [
        Text.assemble(
            (f"{title} ", colour), (f"{level_name(level)} ({len(names)}): ", "dim"), listed(map(called, names))
        )
        for level, names in sorted(by_level.items())
    ]
    return [*lines, Text(f"{title}: +{named.more}", colour)] if named.more else lines


def at_recall_json(found: AtRecall | None) -> dict[str, Any] | None:
    """Return who had signed for a notice that was taken back, who had it, and who had not, for machines: authorities
    with their level.
    """
    if found is None:
        return None
    every = {field: getattr(found, field) for field, _, _ in _AT_RECALL}
    return {
        field: {
            "authorities": [{"authority": name, "level": level_of(domain_of(name))} for name in named.names],
            "more": named.more, "number": named.number,
        }
        for field, named in every.items()
    }  # fmt: skip


def counts_table(counts: Sequence[Count]) -> Table:
    """Show the counts by level, the highest first, and in all."""
    table = Table(header_style="bold", border_style="dim")
    table.add_column(tr("level"), no_wrap=True)
    for title in (tr("meant"), tr("has"), tr("signed"), tr("returned")):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("", width=24)
    for count in counts:
        if count.meant:
            table.add_row(level_name(count.level), *_numbers(count), _bar(count))
    total = Count(
        level=0, meant=sum(c.meant for c in counts), has=sum(c.has for c in counts),
        signed=sum(c.signed for c in counts), returned=sum(c.returned for c in counts),
    )  # fmt: skip
    table.add_section()
    table.add_row(tr("all"), *_numbers(total), _bar(total), style="bold")
    return table


def notices_view(rows: Sequence[NoticeRow]) -> Table:
    """Show notices as a list."""
    table = Table(header_style="bold", border_style="dim")
    for title in ("", tr("number"), tr("title"), tr("state"), tr("origin"), tr("id")):
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(
            choose(_SEATS[row.seat]),
            plain(row.number),
            plain(row.title),
            state_of(row.state),
            called(row.origin),
            row.notice_id,
        )
    return table


def row_json(row: NoticeRow) -> dict[str, Any]:
    """Return one line of the list for machines."""
    return {
        "notice": row.notice_id, "seat": row.seat, "state": row.state, "number": row.number, "title": row.title,
        "origin": row.origin, "received_at": row.received_at.isoformat(), "act_by": row.act_by,
    }  # fmt: skip


def notice_json(found: NoticeStatus) -> dict[str, Any]:
    """Return a notice for machines."""
    row = found.row
    return {
        "notice": row.notice_id, "seat": row.seat, "state": row.state, "number": row.number, "title": row.title,
        "audience": row.audience, "act_by": row.act_by, "over": found.over,
        "cover_due": found.waits.due.isoformat() if found.waits else None,
        "counts": [count.model_dump(mode="json") for count in found.counts],
        "unsigned": list(found.unsigned), "unsigned_more": found.unsigned_more,
        "returned": [body.model_dump(mode="json") for body in found.returned], "returned_more": found.returned_more,
        "recalled_at": row.settled_at.isoformat() if row.settled_at and row.state in TAKEN_BACK else None,
        "at_recall": at_recall_json(found.at_recall),
    }  # fmt: skip


def level_name(level: int) -> str:
    """Name a level as people call it in a tree whose root is a province."""
    return choose(LEVELS[level]) if level < len(LEVELS) else tr("level {level}", level=level)


def state_of(state: str) -> Text:
    """Return a state, with its colour."""
    return Text(name_of(NOTICE_STATES, state), _COLOURS[state])


def _waits(waits: Waiting) -> Text:
    stage = tr(" (reminded at {stage} %)", stage=waits.row.reminded) if waits.row.reminded else ""
    style = "red" if waits.overdue else "yellow"
    said = tr(
        "waits for this level's cover, until {due} 24:00{stage}: exchange notice cover", due=waits.due, stage=stage
    )
    return Text(f"{said} {waits.row.notice_id} --instruction FILE", style)


def _numbers(count: Count) -> tuple[str, str, str, str]:
    return str(count.meant), str(count.has), str(count.signed), str(count.returned) if count.returned else ""


def _bar(count: Count) -> ProgressBar:
    return ProgressBar(total=max(1, count.meant), completed=count.signed + count.returned, width=24)


def _names(title: str, names: Sequence[str], more: int) -> Text:
    left = len(names) - _NAMES + more
    shown = listed(map(called, names[:_NAMES])) + (f" … +{left}" if left > 0 else "")
    return Text.assemble((f"{title}: ", "cyan"), shown)
