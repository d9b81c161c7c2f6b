"""The deadline: a budget of working days and a ledger of what happened to it. The due moment is always derived.

How days are counted: the day on which a term starts, is stopped or runs on again is not counted; the term ends with
the last working day, at 24:00. Stops that overlap count once. An announced stop ends by itself after its length. A
restart lifts stops and begins the whole term anew, with what it was extended by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exchange.clock import CST
from exchange.schemas import DeadlineState, EntryKind, LedgerEntry, Term
from exchange.workdays import WorkingCalendar, add_working_days, end_of_day, working_days_between


@dataclass(frozen=True)
class Projection:
    """What a ledger amounts to by a given calendar."""

    started_at: datetime | None
    due_at: datetime | None
    """None while the term has not started, or is stopped for an open time."""
    provisional: bool
    """Reckoned over days that no announcement covers yet."""
    stopped: bool
    """Stopped for an open time."""
    effective_at: datetime | None = None
    """After when silence takes effect: the due moment, or later by the matter's effect delay in working days."""


@dataclass(frozen=True)
class _Pause:
    """An interval of days that do not count; ``until`` None is open."""

    since: date
    until: date | None


def project(state: DeadlineState, calendar: WorkingCalendar) -> Projection:
    """Derive the due moment from the term and the ledger."""
    return reckon(state.term, state.ledger, calendar, state.effect_delay_days)


def reckon(term: Term, ledger: Sequence[LedgerEntry], calendar: WorkingCalendar, effect_delay: int = 0) -> Projection:
    """Project a deadline as `project` does, from a term and a ledger alone; ``effect_delay`` is in working days."""
    began = _began(ledger)
    if began is None:
        return Projection(None, None, False, False)
    after = _since_restart(ledger)
    pauses, guessed = _pauses(after, calendar)
    if any(pause.until is None for pause in pauses):
        return Projection(began, None, guessed, True)
    extra = sum(entry.days or 0 for entry in ledger if entry.kind is EntryKind.EXTEND)
    if term.fixed is not None:
        due_at, provisional = _fixed(term.fixed, extra, pauses, calendar)
    else:
        last, provisional = _last_day(_day(began), (term.days or 0) + extra, pauses, calendar)
        due_at = end_of_day(last)
    effective_at, unsure = _later(due_at, effect_delay, calendar)
    return Projection(began, due_at, provisional or guessed or unsure, False, effective_at)


@dataclass(frozen=True)
class Stop:
    """A clock that stands at some moment, by the entry that stopped it."""

    since: datetime
    reason: str
    until: datetime | None
    """When it runs on by itself, after an announced length; None where it is to be resumed."""


def stopped_at(ledger: Sequence[LedgerEntry], calendar: WorkingCalendar, now: datetime) -> Stop | None:
    """Return how the clock stands still at ``now``; None where it runs, or has not started."""
    after = _since_restart(ledger)
    pauses, _ = _pauses(after, calendar)
    today = _day(now)
    if not pauses or (pauses[-1].until is not None and pauses[-1].until < today):
        return None
    stops = [entry for entry in after if entry.kind is EntryKind.STOP]
    until = pauses[-1].until
    resumed = any(entry.kind is EntryKind.RESUME and entry.at >= stops[-1].at for entry in after)
    if resumed or _began(ledger) is None:
        return None
    return Stop(stops[-1].at, stops[-1].reason, end_of_day(until) if until is not None else None)


def days_left(due_at: datetime, calendar: WorkingCalendar, now: datetime) -> int:
    """Return the working days after today up to and including the last one of a term.

    It is 0 on the last day, or when the term is over.
    """
    return working_days_between(calendar, _day(now), _ending_day(due_at))[0]


def stopped_days(state: DeadlineState, calendar: WorkingCalendar) -> list[tuple[date, date]]:
    """Return the intervals of days, first and last, on which the clock of the present term stands; open ones not."""
    pauses, _ = _pauses(_since_restart(state.ledger), calendar)
    return [(pause.since, pause.until) for pause in pauses if pause.until is not None]


def _began(ledger: Sequence[LedgerEntry]) -> datetime | None:
    starts = [entry.at for entry in ledger if entry.kind in (EntryKind.START, EntryKind.RESTART)]
    return starts[-1] if starts else None


def _since_restart(ledger: Sequence[LedgerEntry]) -> Sequence[LedgerEntry]:
    """What still counts: in the order written, since instants may tie, and a stop may come before the start."""
    restarts = [row for row, entry in enumerate(ledger) if entry.kind is EntryKind.RESTART]
    return ledger[restarts[-1] :] if restarts else ledger


def _pauses(entries: Sequence[LedgerEntry], calendar: WorkingCalendar) -> tuple[list[_Pause], bool]:
    """Stops and resumptions as intervals of days that do not overlap, in order; and whether one is provisional."""
    pauses: list[_Pause] = []
    guessed = False
    for entry in entries:
        if entry.kind is EntryKind.STOP:
            day = _ending_day(entry.at)
            until, provisional = (None, False) if entry.days is None else add_working_days(calendar, day, entry.days)
            guessed = guessed or provisional
            _add(pauses, _Pause(day, until))
        elif entry.kind is EntryKind.RESUME and pauses:
            pauses[-1] = _cut(pauses[-1], _day(entry.at))
    return pauses, guessed


def _cut(pause: _Pause, day: date) -> _Pause:
    return _Pause(pause.since, day) if pause.until is None or pause.until > day else pause


def _add(pauses: list[_Pause], pause: _Pause) -> None:
    """Put a stop in its place, joined with all that it overlaps: what came early may be entered late, from a queue."""
    later: list[_Pause] = []
    while pauses and (pauses[-1].until is None or pauses[-1].until >= pause.since):
        last = pauses.pop()
        if pause.until is not None and pause.until < last.since:
            later.insert(0, last)
            continue
        ends = (last.until, pause.until)
        until = None if None in ends else max(end for end in ends if end is not None)
        pause = _Pause(min(last.since, pause.since), until)
    pauses += [pause, *later]


def _last_day(began: date, budget: int, pauses: Sequence[_Pause], calendar: WorkingCalendar) -> tuple[date, bool]:
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


def _fixed(fixed: datetime, extra: int, pauses: Sequence[_Pause], calendar: WorkingCalendar) -> tuple[datetime, bool]:
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
    last, provisional = add_working_days(calendar, _ending_day(moment), days)
    return end_of_day(last), provisional


def _day(moment: datetime) -> date:
    return moment.astimezone(CST).date()


def _ending_day(moment: datetime) -> date:
    """The day a moment ends: midnight is the 24:00 of the day before, so that it does not cost that day."""
    return _day(moment - timedelta(microseconds=1))
