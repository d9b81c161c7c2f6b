"""Terms as one sees them: until when, since when and why a clock stands still, and what has changed them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from exchange.approval.rules.department_term import DeskTerm
from exchange.approval.rules.stops import Stop
from exchange.cli.naming import called
from exchange.cli.view import plain
from exchange.language import listed, read_back, tr
from exchange.operations.said.terms import amendment_text, due_text, moment, working_days
from exchange.schemas import LedgerEntry


def term_text(due_at: datetime | None, days_left: int | None, *, overdue: bool, provisional: bool = False) -> Text:
    """Write a due moment, with what is left until then in working days, or that it is over."""
    if due_at is None:
        return Text("")
    mark = " " + tr("(provisional)") if provisional else ""
    if overdue:
        return Text(f"{due_text(due_at)} {tr('overdue')}{mark}", style="bold red")
    left = "" if days_left is None else " (" + tr("{time} left", time=working_days(days_left)) + ")"
    return Text(f"{due_text(due_at)}{left}{mark}", style="yellow" if days_left is not None and days_left < 2 else "")


def desk_term_text(term: DeskTerm | None) -> Text:
    """Write a department's own term: until when, or since when and why its clock stands still."""
    if term is None:
        return Text(tr("unknown"), style="dim")
    due = term_text(term.due_at, term.days_left, overdue=term.overdue, provisional=term.provisional)
    if term.due_at is not None and not term.told:
        due.append(" " + tr("(reckoned here)"), style="dim")
    if term.stopped is None:
        return due if term.due_at is not None else Text(tr("not begun"), style="dim")
    stopped = stopped_text(term.stopped)
    return Text.assemble(stopped, "\n" if term.due_at else "", due)


def stopped_text(stopped: Stop) -> Text:
    """Write since when a clock stands still, until when, and why."""
    since, until = moment(stopped.since), due_text(stopped.until)
    told = (
        tr("clock stopped {since} until {until}: ", since=since, until=until)
        if until
        else tr("clock stopped {since}: ", since=since)
    )
    return Text.assemble((told, "magenta"), plain(read_back(stopped.reason)))


def changes_table(happened: Sequence[tuple[str, LedgerEntry]]) -> Table:
    """Show what has changed terms, each with its department: when, why, by what law, and by whose order."""
    table = Table(title=tr("changes of terms"), title_justify="left", header_style="bold", border_style="dim")
    for title in (tr("since"), tr("department"), tr("change"), tr("reason"), tr("basis"), tr("ordered by")):
        table.add_column(title, overflow="fold")
    for department, entry in sorted(happened, key=lambda one: (one[1].at, one[0])):
        table.add_row(
            moment(entry.at),
            plain(called(department)),
            amendment_text(entry),
            plain(read_back(entry.reason)),
            plain(listed(entry.basis)),
            plain(called(entry.actor)),
        )
    return table


def term_json(term: DeskTerm) -> dict[str, Any]:
    """Return a department's term, for machines; ``told`` is false where it is only computed here."""
    return {
        "due_at": term.due_at.isoformat() if term.due_at else None, "told": term.told,
        "provisional": term.provisional, "working_days_left": term.days_left, "overdue": term.overdue,
        "stopped": stopped_json(term.stopped), "amendments": [amendment_json(entry) for entry in term.amendments],
    }  # fmt: skip


def stopped_json(stopped: Stop | None) -> dict[str, Any] | None:
    """Return how a clock stands still, for machines."""
    if stopped is None:
        return None
    until = stopped.until.isoformat() if stopped.until else None
    return {"since": stopped.since.isoformat(), "until": until, "reason": stopped.reason}


def amendment_json(entry: LedgerEntry) -> dict[str, Any]:
    """Return what changed a term, for machines."""
    return {
        "kind": entry.kind.value,
        "at": entry.at.isoformat(),
        "days": entry.days,
        "reason": entry.reason,
        "basis": list(entry.basis),
        "ordered_by": entry.actor,
        "notice": entry.notice,
    }
