"""Stops of the clock, from a ledger: each with its own days, and who ends which before its time.

An announced stop ends by itself after its length. A resumption ends what stands, whoever ordered it; one by the
department itself ends its own procedures alone. Either can only end a stop earlier, never later. An entry ends what was
entered before it: a stop whose announcement lay in a queue meanwhile is not ended by what nobody meant for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from exchange.clock import CST
from exchange.schemas import EntryKind, LedgerEntry
from exchange.workdays import WorkingCalendar, add_working_days, end_of_day


@dataclass(frozen=True)
class StoppedDays:
    """An interval of days that do not count; ``until`` None is open."""

    since: date
    until: date | None
    provisional: bool = False
    """Reckoned over days that no announcement covers yet."""


@dataclass(frozen=True)
class Stop:
    """A clock that stands at some moment, by the entry that stopped it."""

    since: datetime
    reason: str
    until: datetime | None
    """When it runs on by itself, after an announced length; None where it is to be resumed."""


@dataclass(frozen=True)
class _Stopped:
    entry: LedgerEntry
    pause: StoppedDays
    ended: bool = False


def pauses(ledger: Sequence[LedgerEntry], calendar: WorkingCalendar, department: str) -> list[StoppedDays]:
    """Return the days that do not count in the term that runs now, as intervals in order that do not overlap."""
    return merged(one.pause for one in _stops(since_restart(ledger), calendar, department)) if ledger else []


def announced(ledger: Sequence[LedgerEntry], calendar: WorkingCalendar, department: str) -> list[StoppedDays]:
    """Return the days of procedures that were announced with a length, as far as they went, in whatever term."""
    return [one.pause for one in _stops(ledger, calendar, department) if one.entry.days is not None]


def stopped_at(
    ledger: Sequence[LedgerEntry], calendar: WorkingCalendar, department: str, now: datetime, by: str | None = None
) -> Stop | None:
    """Return how the clock stands still at ``now``; None where it runs, or has not started.

    ``by``: look only at what this member has ordered, started or not.
    """
    found = [one for one in _standing(ledger, calendar, department, now) if by in (None, one.entry.actor)]
    if not found or (by is None and began(ledger) is None):
        return None
    last = max(found, key=lambda one: (one.pause.until is None, one.pause.until or one.pause.since))
    until = last.pause.until
    return Stop(last.entry.at, last.entry.reason, end_of_day(until) if until is not None else None)


def own_procedure(
    ledger: Sequence[LedgerEntry], calendar: WorkingCalendar, department: str, now: datetime
) -> LedgerEntry | None:
    """Return the last announcement of the department's own that stops the clock at ``now``; None where none does."""
    found = [one.entry for one in _standing(ledger, calendar, department, now) if one.entry.actor == department]
    return found[-1] if found else None


def began(ledger: Sequence[LedgerEntry]) -> datetime | None:
    """Return when the term that runs now began; None where none has."""
    starts = [entry.at for entry in ledger if entry.kind in (EntryKind.START, EntryKind.RESTART)]
    return starts[-1] if starts else None


def since_restart(ledger: Sequence[LedgerEntry]) -> Sequence[LedgerEntry]:
    """Return what still counts: in the order written, since instants may tie, and a stop may come before the start."""
    restarts = [row for row, entry in enumerate(ledger) if entry.kind is EntryKind.RESTART]
    return ledger[restarts[-1] :] if restarts else ledger


def merged(found: Iterable[StoppedDays]) -> list[StoppedDays]:
    """Return intervals in order, joined where they overlap: days that stand still twice count once."""
    joined: list[StoppedDays] = []
    for pause in sorted(found, key=lambda one: one.since):
        last = joined[-1] if joined else None
        if last is None or (last.until is not None and last.until < pause.since):
            joined.append(pause)
            continue
        ends = (last.until, pause.until)
        until = None if None in ends else max(end for end in ends if end is not None)
        joined[-1] = StoppedDays(last.since, until, last.provisional or pause.provisional)
    return joined


def day_of(moment: datetime) -> date:
    """Return the day of a moment in China."""
    return moment.astimezone(CST).date()


def ending_day(moment: datetime) -> date:
    """Return the day a moment ends: midnight is the 24:00 of the day before, so that it does not cost that day."""
    return day_of(moment - timedelta(microseconds=1))


def _standing(
    ledger: Sequence[LedgerEntry], calendar: WorkingCalendar, department: str, now: datetime
) -> list[_Stopped]:
    today, after = day_of(now), _stops(since_restart(ledger), calendar, department)
    return [one for one in after if not one.ended and (one.pause.until is None or one.pause.until >= today)]


def _stops(entries: Sequence[LedgerEntry], calendar: WorkingCalendar, department: str) -> list[_Stopped]:
    found: list[_Stopped] = []
    for entry in entries:
        if entry.kind is EntryKind.STOP:
            day = ending_day(entry.at)
            until, guessed = (None, False) if entry.days is None else add_working_days(calendar, day, entry.days)
            found.append(_Stopped(entry, StoppedDays(day, until, guessed)))
        elif entry.kind in (EntryKind.RESUME, EntryKind.RESTART):
            found = [_ended(one, entry) if _concerns(entry, one, department) else one for one in found]
    return [one for one in found if one.pause.until is None or one.pause.until >= one.pause.since]


def _concerns(entry: LedgerEntry, one: _Stopped, department: str) -> bool:
    return entry.kind is EntryKind.RESTART or entry.actor != department or one.entry.actor == department


def _ended(one: _Stopped, entry: LedgerEntry) -> _Stopped:
    day, until = day_of(entry.at), one.pause.until
    if until is not None and until <= day:
        return replace(one, ended=True)
    return replace(one, pause=StoppedDays(one.pause.since, day), ended=True)
