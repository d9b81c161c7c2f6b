"""The paper that a department owes after its deemed consent: until when, whether it came, and how late. Pure.

Its silence has had its effect; the opinion is owed for the file, within one working day, and the next step may not
demand it of the applicant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from exchange.approval.rules.reminders.stages import OFFICE_HOURS_BEGIN
from exchange.approval.rules.states import PartState
from exchange.approval.rules.stops import day_of, ending_day
from exchange.clock import CST
from exchange.schemas import DefaultMode
from exchange.workdays import WorkingCalendar, add_working_days, end_of_day, working_days_between

PAPER_DAYS = 1
"""Working days."""


class PaperState(StrEnum):
    """Where an owed paper stands. OWED: it has time. OVERDUE: it has not come. IN_TIME and LATE: it has."""

    OWED = "owed"
    OVERDUE = "overdue"
    IN_TIME = "in-time"
    LATE = "late"


@dataclass(frozen=True)
class OwedPaper:
    """An owed paper at one moment."""

    owed_by: datetime
    """As the department was told by a signed notice."""
    state: PaperState
    came_at: datetime | None = None
    days_late: int = 0
    """Working days begun after ``owed_by``, until it came, or until now."""
    reminded_at: datetime | None = None


class PaperFacts(Protocol):
    """What an owed paper depends on, of the department's part at the window."""

    @property
    def state(self) -> PartState: ...
    @property
    def paper_by(self) -> datetime | None: ...
    @property
    def late_at(self) -> datetime | None: ...
    @property
    def paper_reminded_at(self) -> datetime | None: ...


def owed_until(
    mode: DefaultMode, late_opinion_id: str | None, now: datetime, calendar: WorkingCalendar
) -> datetime | None:
    """Return until when a paper is owed after a default that takes effect now.

    None for a silence that counts as refusal, and where the department's late opinion is on record already.
    """
    if mode is not DefaultMode.CONSENT or late_opinion_id is not None:
        return None
    return end_of_day(add_working_days(calendar, day_of(now), PAPER_DAYS)[0])


def paper_of(part: PaperFacts, now: datetime, calendar: WorkingCalendar) -> OwedPaper | None:
    """Return how the paper of a part stands; None where none is owed: the default was undone, or there was none."""
    if part.state is not PartState.DEEMED or part.paper_by is None:
        return None
    return replace(paper_owed(part.paper_by, part.late_at, now, calendar), reminded_at=part.paper_reminded_at)


def owes(part: PaperFacts) -> bool:
    """Return whether a department owes a paper that has not come."""
    return part.state is PartState.DEEMED and part.paper_by is not None and part.late_at is None


def paper_owed(owed_by: datetime, came_at: datetime | None, now: datetime, calendar: WorkingCalendar) -> OwedPaper:
    """Return how a paper stands that is owed until ``owed_by``; ``came_at``: when it arrived, at the latest."""
    reached = came_at if came_at is not None else now
    state = paper_state(came=came_at is not None, late=reached > owed_by)
    return OwedPaper(owed_by, state, came_at, days_late(state, ending_day(owed_by), day_of(reached), calendar))


def paper_state(*, came: bool, late: bool) -> PaperState:
    """Return how an owed paper stands; ``late``: it came, or has not come, after it was due."""
    if late:
        return PaperState.LATE if came else PaperState.OVERDUE
    return PaperState.IN_TIME if came else PaperState.OWED


def days_late(state: PaperState, owed_by: date, reached: date, calendar: WorkingCalendar) -> int:
    """Return the working days begun after the last on which a paper was in time, until it came, or until now."""
    if state not in (PaperState.LATE, PaperState.OVERDUE):
        return 0
    return working_days_between(calendar, owed_by, reached)[0]


def may_remind(now: datetime, calendar: WorkingCalendar) -> bool:
    """Return whether reminders of overdue papers go out at this moment: on working days, from nine o'clock on."""
    local = now.astimezone(CST)
    return local.time() >= OFFICE_HOURS_BEGIN and calendar.is_workday(local.date())
