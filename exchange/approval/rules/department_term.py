"""A department's own term as it can tell it: from the request, its own receipt, and what it was told since, all signed.

The window reckons by the receipt and by its own ledger, and every entry but the start comes with a notice that says the
due moment. Both reckon alike, over the same entries in the same order: that in which the window entered them, which is
that of its notices. Until one has come the department reckons itself, by the day on which it signed; and it keeps to
that where the window says a moment more than a day before what these entries give from the request on. What a monitor's
reminder says of the due moment moves nothing: a monitor has no say over a term.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange.approval.rules.deadline import days_left, reckon
from exchange.approval.rules.entry_reasons import SIGNED_FOR
from exchange.approval.rules.stops import Stop, stopped_at
from exchange.schemas import EntryKind, LedgerEntry, Term
from exchange.workdays import WorkingCalendar

_TOLERANCE = timedelta(days=1)
"""By how much earlier a window may say that a term is over than its own entries give."""


@dataclass(frozen=True)
class DeskTerm:
    """How a department's term stands at one moment."""

    due_at: datetime | None
    """None while it has not begun, or its clock is stopped until it is resumed."""
    told: bool = False
    """Whether the window has said this moment; else it is reckoned here."""
    provisional: bool = False
    days_left: int | None = None
    """Working days after today, up to and including the last; None without a due moment."""
    overdue: bool = False
    stopped: Stop | None = None
    amendments: tuple[LedgerEntry, ...] = ()
    """What has changed it, as far as the department knows: what it was told of, and stops of its own."""


@dataclass(frozen=True)
class Told:
    """What a department has on record of its term."""

    term: Term
    began_at: datetime | None
    """When it signed for what it needs to answer; None while another department's result is not in."""
    entries: Sequence[LedgerEntry] = ()
    """Amendments it was told of, and stops it has announced itself, in the order of `in_the_windows_order`."""
    due_at: datetime | None = None
    """The last due moment that the window has said."""
    asked_at: datetime | None = None
    """When what it needs to answer was signed: no term begins before, whether by arrival or by signature."""
    provisional: bool = False
    """Whether the window has said that this moment is provisional."""
    own_stop: bool = False
    """Whether it has announced a stop that the window has not told of yet: what was said before may be too early."""


def in_the_windows_order(
    notices: Sequence[tuple[datetime, LedgerEntry]], own: Sequence[LedgerEntry]
) -> tuple[LedgerEntry, ...]:
    """Return the entries of a term in the order in which the window has entered them.

    ``notices``: what it has told, with when it signed that. ``own``: stops that the department has announced and not
    got back. The window's word of one stands for it; one that it has not told of yet stands where it was written.
    """
    told = {entry.notice for _, entry in notices}
    written = [(entry.at, entry) for entry in own if entry.notice not in told]
    return tuple(entry for _, entry in sorted((*notices, *written), key=lambda one: one[0]))


def desk_term(told: Told, department: str, calendar: WorkingCalendar, now: datetime) -> DeskTerm:
    """Derive a department's term from what is on record."""
    if told.began_at is None:
        return DeskTerm(told.term.fixed, told=told.term.fixed is not None)
    start = LedgerEntry(kind=EntryKind.START, at=told.began_at, reason=SIGNED_FOR, actor=department)
    ledger = (start, *told.entries)
    found = reckon(told.term, ledger, calendar, department)
    due_at, said = found.due_at, told.due_at is not None
    if told.due_at is not None and not found.stopped:
        later_by_own = told.own_stop and due_at is not None and due_at > told.due_at
        by_own = later_by_own or (not found.provisional and _too_early(told, told.due_at, start, calendar))
        due_at, said = (due_at, False) if by_own else (told.due_at, True)
    provisional = found.provisional or (said and told.provisional)
    stopped = stopped_at(ledger, calendar, department, now)
    changes = tuple(told.entries)
    if due_at is None:
        return DeskTerm(None, provisional=provisional, stopped=stopped, amendments=changes)
    return DeskTerm(
        due_at,
        told=said or told.term.fixed is not None,
        provisional=provisional,
        days_left=days_left(due_at, calendar, now),
        overdue=now > due_at,
        stopped=stopped,
        amendments=changes,
    )


def _too_early(told: Told, said: datetime, start: LedgerEntry, calendar: WorkingCalendar) -> bool:
    """Whether the window says less than any beginning of the term can give by the entries on record."""
    first = start.model_copy(update={"at": told.asked_at or start.at})
    least = reckon(told.term, (first, *told.entries), calendar, start.actor)
    return least.due_at is not None and said < least.due_at - _TOLERANCE
