"""When the lead is reminded of its own terms: at shares of their working days, as departments are of theirs. Pure.

The points fall where the term puts them: stops and extensions move them, and another end of a case's term has points
of its own. Nothing provisional is reminded of, nor anything that is over: that is told by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from exchange.approval.rules.clock.dates import DELIVERY_DAYS, CaseDates, Opening, began_at, deliver_by
from exchange.approval.rules.clock.watching import UNDECIDED, CaseClock, CaseCourse, first_look
from exchange.approval.rules.reminders.stages import LAST_STAGE, moments_within, morning_of
from exchange.approval.rules.states import WITHOUT_DECISION
from exchange.approval.rules.stops import day_of
from exchange.messaging.rules.reminder_stages import STAGES
from exchange.schemas import Matter
from exchange.workdays import WorkingCalendar, end_of_day


class RemindedRecord(Protocol):
    """Of what the lead was reminded last, and whether it has delivered."""

    @property
    def reminded_at(self) -> datetime | None: ...
    @property
    def reminded_stage(self) -> int | None: ...
    @property
    def reminded_due_at(self) -> datetime | None: ...
    @property
    def delivery_reminded_at(self) -> datetime | None: ...
    @property
    def delivery_reminded_stage(self) -> int | None: ...
    @property
    def delivered_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class ClockPoint:
    """A share of a term of the case that has passed, in percent, and when that term is over."""

    clock: CaseClock
    stage: int
    due_at: datetime


@dataclass(frozen=True)
class PointsLooked:
    """What one look at the points of a case has found."""

    point: ClockPoint | None
    """Of what the lead is to be reminded now."""
    again: datetime | None
    """When a point may fall next; None where none does."""


@dataclass(frozen=True)
class _Running:
    clock: CaseClock
    due_at: datetime
    provisional: bool
    moments: dict[int, datetime]


def first_looked_at(case: Opening, matter: Matter) -> datetime:
    """Return when the clocks of a new case are looked at first: nothing of them can be over, or half over, before."""
    return min(first_look(case, matter), first_point(case, matter))


def first_point(case: Opening, matter: Matter) -> datetime:
    """Return a moment before which no point of a case can fall, nor of the delivery of what is decided by then."""
    return _no_earlier(day_of(began_at(case)), min(matter.decision_days, DELIVERY_DAYS))


def look_at_points(
    case: CaseCourse, matter: Matter, dates: CaseDates, record: RemindedRecord, now: datetime, calendar: WorkingCalendar
) -> PointsLooked:
    """Look at the points of a case. Those that were missed collapse into the latest."""
    running = _running(case, dates, record, calendar)
    if running is None or now > running.due_at:
        return PointsLooked(None, None)
    midnight, later = end_of_day(day_of(now)), [moment for moment in running.moments.values() if moment > now]
    if running.provisional:
        return PointsLooked(None, midnight)
    point = _point(running, record, now, calendar)
    if running.clock is CaseClock.DECISION:
        soon = _no_earlier(day_of(now), DELIVERY_DAYS)
        later.append(max(midnight, min(_no_earlier(day_of(dates.began), matter.decision_days), soon)))
    elif point is None and len(later) < len(running.moments) and not calendar.is_workday(day_of(now)):
        later.append(midnight)
    return PointsLooked(point, min(later, default=None))


def reminder_stands(case: CaseCourse, dates: CaseDates, record: RemindedRecord) -> datetime | None:
    """Return since when the lead is reminded of the end that runs now; None where it is not, or no more."""
    if case.state in UNDECIDED:
        return record.reminded_at if record.reminded_due_at == dates.decide_by else None
    if case.state in WITHOUT_DECISION or record.delivered_at is not None:
        return None
    return record.delivery_reminded_at


def _running(case: CaseCourse, dates: CaseDates, record: RemindedRecord, calendar: WorkingCalendar) -> _Running | None:
    if case.state in UNDECIDED:
        stood = [(pause.since, pause.until or date.max) for pause in dates.stood]
        moments = _moments(dates.began, dates.decide_by, dates.provisional, stood, calendar)
        return _Running(CaseClock.DECISION, dates.decide_by, dates.provisional, moments)
    delivery = deliver_by(case.decided_at, case.outcome, calendar)
    if case.state in WITHOUT_DECISION or case.decided_at is None or delivery is None or record.delivered_at is not None:
        return None
    due_at, provisional = delivery
    moments = _moments(case.decided_at, due_at, provisional, (), calendar)
    return _Running(CaseClock.DELIVERY, due_at, provisional, moments)


def _moments(
    began: datetime, due_at: datetime, provisional: bool, stood: Sequence[tuple[date, date]], calendar: WorkingCalendar
) -> dict[int, datetime]:
    return {} if provisional else moments_within(began, due_at, stood, calendar)


def _point(running: _Running, record: RemindedRecord, now: datetime, calendar: WorkingCalendar) -> ClockPoint | None:
    stage = max((stage for stage, moment in running.moments.items() if moment <= now), default=None)
    if stage is None or not calendar.is_workday(day_of(now)):
        return None
    same, before, at = _reminded(running, record)
    if same and before is not None and before >= stage:
        return None
    if stage != LAST_STAGE and at is not None and running.moments[stage] <= at:
        return None
    return ClockPoint(running.clock, stage, running.due_at)


def _reminded(running: _Running, record: RemindedRecord) -> tuple[bool, int | None, datetime | None]:
    """Whether the last reminder was of the same end, of which stage, and when."""
    if running.clock is CaseClock.DELIVERY:
        return True, record.delivery_reminded_stage, record.delivery_reminded_at
    return record.reminded_due_at == running.due_at, record.reminded_stage, record.reminded_at


def _no_earlier(began: date, days: int) -> datetime:
    """Working days are no fewer than days: the first share of so many does not fall before."""
    return morning_of(began + timedelta(days=-(-days * STAGES[0] // 100)))
