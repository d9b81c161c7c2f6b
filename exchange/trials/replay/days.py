"""Days as the reckoning of a replay counts them: ends, working days, and the days on which a clock stands.

Of the product it shares the calendar alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exchange.clock import CST
from exchange.workdays import WorkingCalendar

DAY = timedelta(days=1)


def end_of_days(at: datetime, days: int, calendar: WorkingCalendar) -> datetime:
    """Return when so many working days after an instant are over: 24:00 of the last of them."""
    day = date_of(at)
    while days:
        day += DAY
        days -= calendar.is_workday(day)
    return end_of(day)


def date_of(at: datetime) -> date:
    """Return the day of an instant in China."""
    return at.astimezone(CST).date()


def date_ended(at: datetime) -> date:
    """The day an instant belongs to as an end: midnight is the 24:00 of the day before."""
    return date_of(at - timedelta(microseconds=1))


def end_of(day: date) -> datetime:
    """Return 24:00 of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=CST) + DAY


def morning_of(day: date) -> datetime:
    """Return nine o'clock of a day."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=CST)


def next_workday(day: date, calendar: WorkingCalendar) -> date:
    """Return the first working day after a day."""
    day += DAY
    while not calendar.is_workday(day):
        day += DAY
    return day


@dataclass
class StandingDays:
    """Days on which a clock stands, behind the first."""

    first: date
    last: date | None
    """None while nobody has resumed."""
    ended: bool = False
    """Somebody has."""
    own: bool = False
    """The department waits for a supplement."""


def pause_of(at: datetime, days: int | None, calendar: WorkingCalendar, *, own: bool = False) -> StandingDays:
    """Return the days on which a clock stands that is stopped at an instant, for working days or until resumed."""
    first = date_ended(at)
    last = None if days is None else date_of(end_of_days(end_of(first) - DAY, days, calendar) - DAY)
    return StandingDays(first, last, own=own)


def end_pauses(pauses: Iterable[StandingDays], day: date) -> bool:
    """End on a day what still stands; False where nothing does."""
    standing = [pause for pause in pauses if not pause.ended and (pause.last is None or pause.last >= day)]
    for pause in standing:
        pause.last, pause.ended = day, True
    return bool(standing)
