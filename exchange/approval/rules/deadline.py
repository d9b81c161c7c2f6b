"""The deadline: a budget of working days and a ledger of what happened to it. The due moment is always derived.

How days are counted: the day on which a term starts, is stopped or runs on again is not counted; the term ends with
the last working day, at 24:00. Stops that overlap count once (`stops`). A restart lifts stops and begins the whole term
anew, with what it was extended by.

No term ends before the moment that was told last, each entry of the ledger telling one: a calendar that is announced or
amended later can lengthen a term that runs, and never shorten it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exchange.approval.rules.stops import StoppedDays, began, day_of, ending_day, pauses, since_restart
from exchange.schemas import DeadlineState, EntryKind, LedgerEntry, Term
from exchange.workdays import WorkingCalendar, add_working_days, end_of_day, working_days_between


@dataclass(frozen=True)
class Projection:
    """What a ledger amounts to by a given calendar."""

    started_at: datetime | None
    due_at: datetime | None
    """None while the term has not started, or is stopped for an open time. Never before what was told last."""
    provisional: bool
    """Reckoned over days that no announcement covers yet."""
    stopped: bool
    """Stopped for an open time."""
    effective_at: datetime | None = None
    """After when silence takes effect: the due moment, or later by the matter's effect delay in working days."""


def project(state: DeadlineState, calendar: WorkingCalendar) -> Projection:
    """Derive the due moment from the term and the ledger."""
    return reckon(state.term, state.ledger, calendar, state.department, state.effect_delay_days)


def reckon(
    term: Term, ledger: Sequence[LedgerEntry], calendar: WorkingCalendar, department: str, effect_delay: int = 0
) -> Projection:
    """Project a deadline as `project` does, from a term and a department's ledger; ``effect_delay``: working days."""
    started = began(ledger)
    if started is None:
        return Projection(None, None, False, False)
    stood = pauses(ledger, calendar, department)
    if any(pause.until is None for pause in stood):
        return Projection(started, None, any(pause.provisional for pause in stood), True)
    extra = sum(entry.days or 0 for entry in ledger if entry.kind is EntryKind.EXTEND)
    due_at, provisional = reckon_around(term, started, stood, calendar, extra)
    due_at = max(due_at, told_last(ledger) or due_at)
    effective_at, unsure = _later(due_at, effect_delay, calendar)
    return Projection(started, due_at, provisional or unsure, False, effective_at)


def told_last(ledger: Sequence[LedgerEntry]) -> datetime | None:
    """Return the due moment that was told last, in the term that runs now.

    What shortens a term by law, a resumption, lifts it, and tells one of its own.
    """
    told = None
    for entry in since_restart(ledger):
        if entry.told is not None or entry.kind in (EntryKind.RESUME, EntryKind.RESTART):
            told = entry.told
    return told


def reckon_around(
    term: Term, started: datetime, stood: Sequence[StoppedDays], calendar: WorkingCalendar, extra: int = 0
) -> tuple[datetime, bool]:
    """Return when a term is over that leaves out pauses, all with an end; and whether that is provisional."""
    guessed = any(pause.provisional for pause in stood)
    if term.fixed is not None:
        due_at, provisional = _fixed(term.fixed, extra, stood, calendar)
        return due_at, provisional or guessed
    last, provisional = _last_day(day_of(started), (term.days or 0) + extra, stood, calendar)
    return end_of_day(last), provisional or guessed


def is_provisional(due_at: datetime | None, calendar: WorkingCalendar, fixed: datetime | None = None) -> bool:
    """Return whether an end lies on a day that no announcement covers yet; what a statute fixed is final."""
    return due_at is not None and due_at != fixed and not calendar.published(ending_day(due_at))


def days_left(due_at: datetime, calendar: WorkingCalendar, now: datetime) -> int:
    """Return the working days after today up to and including the last one of a term.

    It is 0 on the last day, or when the term is over.
    """
    return working_days_between(calendar, day_of(now), ending_day(due_at))[0]


def stopped_days(state: DeadlineState, calendar: WorkingCalendar) -> list[tuple[date, date]]:
    """Return the intervals of days, first and last, on which the clock of the present term stands; open ones not."""
    stood = pauses(state.ledger, calendar, state.department)
    return [(pause.since, pause.until) for pause in stood if pause.until is not None]


def _last_day(began: date, budget: int, pauses: Sequence[StoppedDays], calendar: WorkingCalendar) -> tuple[date, bool]:
    """The day on which the budget is used up, leaving out the paused days."""
    day, provisional = began, False
    for pause in pauses:
        if pause.until is None:
            raise ValueError("an open stop has no last day")
        used, guessed = working_days_between(calendar, day, pause.since - timedelta(days=1))
        provisional = provisional or guessed
        if used >= budget:
            break
        budget -= used
        day = max(day, pause.until)
    last, guessed = add_working_days(calendar, day, budget)
    return last, provisional or guessed


def _fixed(
    fixed: datetime, extra: int, pauses: Sequence[StoppedDays], calendar: WorkingCalendar
) -> tuple[datetime, bool]:
    """A due moment that a statute fixed: moved only by what was added to the term or taken out of it."""
    paused, provisional = 0, False
    for pause in pauses:
        days, guessed = working_days_between(calendar, pause.since, pause.until or pause.since)
        paused, provisional = paused + days, provisional or guessed
    due_at, guessed = _later(fixed, extra + paused, calendar)
    return due_at, provisional or guessed


def _later(moment: datetime, days: int, calendar: WorkingCalendar) -> tuple[datetime, bool]:
    """The end of the day that lies so many working days behind a moment; the moment itself for none."""
    if not days:
        return moment, False
    last, provisional = add_working_days(calendar, ending_day(moment), days)
    return end_of_day(last), provisional
