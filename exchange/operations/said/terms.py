"""Moments, days and what moved them, as people say them."""

from __future__ import annotations

from datetime import datetime

from exchange.clock import CST, end_text
from exchange.language import name_of, plural, tr
from exchange.language.names import AMENDMENTS
from exchange.schemas import Decision, EntryKind, LedgerEntry


def moment(at: datetime) -> str:
    """Write an instant of the record, to the minute, in the domain's own time."""
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M}"


def due_text(due_at: datetime | None) -> str:
    """Write a due moment as people say it: midnight is 24:00 of the day that ends."""
    return end_text(due_at) if due_at else ""


def ends_text(due_at: datetime | None, *, provisional: bool) -> str:
    """Write a due moment, and that the calendar may still move it where that is so."""
    return f"{due_text(due_at)} {tr('(provisional)')}" if provisional and due_at else due_text(due_at)


def working_days(days: int) -> str:
    """Write a length in working days, which are not calendar days."""
    return plural(days, "{number} working day", "{number} working days")


def amendment_text(entry: LedgerEntry) -> str:
    """Say what an entry did to a term, and for how long."""
    what = name_of(AMENDMENTS, entry.kind)
    if entry.days is not None and entry.kind is EntryKind.EXTEND:
        return tr("{what} by {days}", what=what, days=working_days(entry.days))
    if entry.days is not None:
        return tr("{what} for {days}", what=what, days=working_days(entry.days))
    return tr("{what} until resumed", what=what) if entry.kind is EntryKind.STOP else what


def decided_by(decision: Decision) -> str:
    """Say who decided; a rule is named as such, with who answers for it."""
    if not decision.by_rule:
        return decision.officer
    return tr("made by rule; no person approved ({officer})", officer=decision.officer)
