"""Working days that departments used, and what a case took the longest for: the day it begins on is not counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from exchange.approval.rules.states import BY_SILENCE, PartState
from exchange.approval.rules.stops import StoppedDays, day_of, ending_day, pauses
from exchange.schemas import LedgerEntry
from exchange.workdays import WorkingCalendar, working_days_between

_DAY = timedelta(days=1)


class UsedTerm(Protocol):
    """When a department had a request, and until when."""

    @property
    def department(self) -> str: ...
    @property
    def stage(self) -> int: ...
    @property
    def state(self) -> PartState: ...
    @property
    def issued_at(self) -> datetime | None: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def answered_at(self) -> datetime | None: ...


def days_used(part: UsedTerm, ledger: Sequence[LedgerEntry], calendar: WorkingCalendar) -> int | None:
    """Return the working days that a department had a request, without those on which its clock stood.

    They run from the day its term began, else from when it was asked, to the day of its answer, or to the last of its
    term where its silence took effect. None where neither has come.
    """
    began, last = part.started_at or part.issued_at, _last_day(part)
    if began is None or last is None:
        return None
    return counted_days(day_of(began), last, pauses(ledger, calendar, part.department), calendar)


def counted_days(first: date, last: date, stood: Sequence[StoppedDays], calendar: WorkingCalendar) -> int:
    """Return the working days after ``first`` up to ``last``, without those that stood still, which do not overlap."""
    days = working_days_between(calendar, first, last)[0]
    for pause in stood:
        until = last if pause.until is None else min(pause.until, last)
        days -= working_days_between(calendar, max(first, pause.since - _DAY), until)[0]
    return days


def _last_day(part: UsedTerm) -> date | None:
    if part.state is PartState.ANSWERED and part.answered_at is not None:
        return day_of(part.answered_at)
    return ending_day(part.due_at) if part.state in BY_SILENCE and part.due_at is not None else None


@dataclass(frozen=True)
class PartWay:
    """What one department's part in a case took, and what it waited for."""

    days: int
    stage: int
    after: tuple[str, ...] = ()


def longest_way(parts: Mapping[str, PartWay]) -> int:
    """Return the working days of the longest path through a case.

    Stages follow one another, and each takes as long as the longest chain of departments in it that wait for one
    another; those that wait for nobody work at once.
    """
    longest: dict[int, int] = {}
    for name, part in parts.items():
        days = _chain(name, parts, frozenset()) if part.after else part.days
        longest[part.stage] = max(days, longest.get(part.stage, days))
    return sum(longest.values())


def _chain(name: str, parts: Mapping[str, PartWay], seen: frozenset[str]) -> int:
    mine, seen = parts[name], seen | {name}
    before = [one for one in mine.after if one in parts and one not in seen and parts[one].stage == mine.stage]
    return mine.days + max((_chain(one, parts, seen) for one in before), default=0)


def saved_in_parallel(parts: Mapping[str, PartWay]) -> int:
    """Return the working days by which a case was faster than one department after another would have been."""
    return sum(part.days for part in parts.values()) - longest_way(parts)
