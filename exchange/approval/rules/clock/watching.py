"""What of a case's clocks is over and still to be told, and when they are to be looked at again. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from exchange.approval.rules.clock.dates import DELIVERY_DAYS, CaseDates, Opening, began_at, deliver_by
from exchange.approval.rules.states import WITHOUT_DECISION, CaseState
from exchange.approval.rules.stops import day_of
from exchange.schemas import Matter
from exchange.workdays import WorkingCalendar, end_of_day

UNDECIDED = (CaseState.OPEN, CaseState.READY)


class CaseClock(StrEnum):
    """One of the clocks of a case."""

    DECISION = "decision"
    """What the law gives the lead (article 42)."""
    PROMISE = "promise"
    """What the lead has promised, where that is less (Regulation on the business environment, article 36)."""
    DELIVERY = "delivery"
    """Ten working days from the decision (article 44)."""


class ClockRecord(Protocol):
    """What was told of the clocks of a case, and done."""

    @property
    def overrun_at(self) -> datetime | None: ...
    @property
    def promise_over_at(self) -> datetime | None: ...
    @property
    def undelivered_at(self) -> datetime | None: ...
    @property
    def delivered_at(self) -> datetime | None: ...


class CaseCourse(Opening, Protocol):
    """How far a case has come."""

    @property
    def state(self) -> CaseState: ...
    @property
    def decided_at(self) -> datetime | None: ...
    @property
    def outcome(self) -> str | None: ...


@dataclass(frozen=True)
class Looked:
    """What one look at the clocks of a case has found."""

    over: tuple[CaseClock, ...]
    """What is over, and was not told yet."""
    again: datetime | None
    """When to look next; None where no clock of it runs any more."""


def look(
    case: CaseCourse, matter: Matter, dates: CaseDates, record: ClockRecord, now: datetime, calendar: WorkingCalendar
) -> Looked:
    """Look at the clocks of a case. What is provisional is never over."""
    return Looked(tuple(_over(case, dates, record, now, calendar)), _again(case, matter, dates, record, now, calendar))


def first_look(case: Opening, matter: Matter) -> datetime:
    """Return a moment before which no clock of a case can be over.

    Working days are no fewer than days, and a term is never shorter than its own days: stops and extensions lengthen
    it, and what cuts a stop short leaves it these. So a case is looked at from then on alone, and not the whole time.
    """
    return _floor(case, matter, DELIVERY_DAYS)


def _floor(case: Opening, matter: Matter, most: int) -> datetime:
    days = min(matter.decision_days, matter.promised_days or matter.decision_days, most)
    return end_of_day(day_of(began_at(case)) + timedelta(days=days))


def _over(
    case: CaseCourse, dates: CaseDates, record: ClockRecord, now: datetime, calendar: WorkingCalendar
) -> Iterator[CaseClock]:
    ended = now if case.state in UNDECIDED else case.decided_at
    if ended is None or case.state in WITHOUT_DECISION:
        return
    promised = None if dates.promise_provisional else dates.promised_by
    if record.promise_over_at is None and promised is not None and ended > promised:
        yield CaseClock.PROMISE
    if case.state in UNDECIDED:
        if record.overrun_at is None and not dates.provisional and now > dates.decide_by:
            yield CaseClock.DECISION
        return
    delivery = deliver_by(case.decided_at, case.outcome, calendar)
    if delivery is not None and record.delivered_at is None and record.undelivered_at is None:
        due_at, provisional = delivery
        if now > due_at and not provisional:
            yield CaseClock.DELIVERY


def _again(
    case: CaseCourse, matter: Matter, dates: CaseDates, record: ClockRecord, now: datetime, calendar: WorkingCalendar
) -> datetime | None:
    """Every midnight once a term may be over: a stop may be cut short, and a calendar announced, on any day.

    Before, so often that a decision that comes next has its delivery looked at in time.
    """
    midnight = end_of_day(day_of(now))
    if case.state in UNDECIDED:
        soon = end_of_day(day_of(now) + timedelta(days=DELIVERY_DAYS))
        return max(midnight, min(_floor(case, matter, matter.decision_days), soon))
    delivery = deliver_by(case.decided_at, case.outcome, calendar)
    if case.state in WITHOUT_DECISION or delivery is None or record.delivered_at is not None:
        return None
    due_at, provisional = delivery
    if now > due_at and not provisional:
        return None  # it is told by now
    return due_at if now <= due_at else midnight
