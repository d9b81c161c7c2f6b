"""When a hearing is asked for, told and held, and when a decision must wait for one (articles 46 to 48). Pure.

The law counts these terms in working days (article 82); the day from which one is counted is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from exchange.approval.hearings.states import HearingState
from exchange.clock import CST
from exchange.errors import BadHearing, Conflict
from exchange.schemas import HearingMode
from exchange.workdays import WorkingCalendar, add_working_days, end_of_day

REQUEST_DAYS = 5
"""Within how many days of being told that it may, the applicant asks for a hearing (article 47)."""
HOLD_DAYS = 20
"""Within how many days of the request it is held (article 47)."""
NOTICE_DAYS = 7
"""How many days before, it is told (article 48)."""


class HearingFacts(Protocol):
    """What the rules need of a hearing."""

    @property
    def state(self) -> HearingState: ...
    @property
    def called_at(self) -> datetime: ...
    @property
    def held_at(self) -> datetime: ...


def request_by(told_at: datetime, calendar: WorkingCalendar) -> datetime:
    """Return until when a hearing may be asked for by who was told then that it may."""
    return _end(told_at, REQUEST_DAYS, calendar)


def hold_by(requested_at: datetime, calendar: WorkingCalendar) -> datetime:
    """Return until when a hearing is held that was asked for then."""
    return _end(requested_at, HOLD_DAYS, calendar)


def is_owed(mode: HearingMode, requested_in_time: datetime | None, hearings: Sequence[HearingFacts]) -> bool:
    """Return whether the decision must wait for a hearing.

    One that is called must be held or called off; a matter that always has one, or whose applicant has asked in time,
    is not decided before.
    """
    if any(one.state is HearingState.CALLED for one in hearings):
        return True
    if any(one.state is HearingState.HELD for one in hearings):
        return False
    if mode is HearingMode.ALWAYS:
        return True
    if mode is not HearingMode.ON_REQUEST or requested_in_time is None:
        return False
    return not any(one.called_at >= requested_in_time for one in hearings)  # what was called off has its reasons


def waits_since(
    mode: HearingMode,
    requested_in_time: datetime | None,
    hearings: Sequence[HearingFacts],
    opened_at: datetime,
    now: datetime,
) -> datetime | None:
    """Return since when a hearing waits for the window: to be called, or, its day being there, to be put on record.

    None where there is none, or where its day is still to come.
    """
    called = [one.held_at for one in hearings if one.state is HearingState.CALLED]
    if called:
        return max(called) if max(called) <= now else None
    return (requested_in_time or opened_at) if is_owed(mode, requested_in_time, hearings) else None


def check_call(
    held_at: datetime,
    place: str,
    chair: str,
    officer: str,
    requested_at: datetime | None,
    now: datetime,
    calendar: WorkingCalendar,
) -> None:
    """Raise BadHearing unless a hearing may be held then and there, under this chair.

    ``officer`` reviews the application, and does not chair (article 48).
    """
    if not place.strip():
        raise BadHearing("a hearing has a place", remedy="say where it is held (--place)")
    if not chair.strip() or chair.strip() == officer.strip():
        raise BadHearing(
            "a hearing is chaired by somebody else than the officer who reviews the application (article 48)",
            remedy="name another chair (--chair)",
        )
    if held_at < _end(now, NOTICE_DAYS, calendar):
        raise BadHearing(
            "a hearing is told {days} working days before it is held (article 48)",
            remedy="hold it after {day}",
            days=NOTICE_DAYS,
            day=_day(_end(now, NOTICE_DAYS, calendar)),
        )
    if requested_at is not None and held_at > hold_by(requested_at, calendar):
        raise BadHearing(
            "a hearing is held within {days} working days of the request (article 47)",
            remedy="hold it by {day}",
            days=HOLD_DAYS,
            day=_day(hold_by(requested_at, calendar)),
        )


def check_none_called(number: str, hearings: Sequence[HearingFacts]) -> None:
    """Raise Conflict where a hearing of the case is called already."""
    if any(one.state is HearingState.CALLED for one in hearings):
        raise Conflict(
            "a hearing of case {number} is called", remedy="hold it, put it off or call it off", number=number
        )


def _end(since: datetime, days: int, calendar: WorkingCalendar) -> datetime:
    return end_of_day(add_working_days(calendar, since.astimezone(CST).date(), days)[0])


def _day(end: datetime) -> str:
    return f"{end.astimezone(CST):%Y-%m-%d}"
