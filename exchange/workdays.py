"""Working days (Administrative License Law, article 82), with the State Council's make-up days and holidays.

A day beyond the last published announcement is guessed as Monday to Friday and every date reckoned over it is
provisional: it is shown, and fires nothing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Protocol

import chinese_calendar

from exchange.clock import CST

_DAY = timedelta(days=1)
_AHEAD = 730


class WorkingCalendar(Protocol):
    """What the rules need to know of a calendar."""

    @property
    def version(self) -> str:
        """Name and version; goes into every default, so that it can be reckoned again."""

    def is_workday(self, day: date) -> bool:
        """Return whether the day counts as a working day."""

    def published(self, day: date) -> bool:
        """Return whether it is announced, and not only guessed, that the day is a working day or not."""


class ChinaCalendar:
    """The calendar of the package chinesecalendar, which follows the State Council's yearly announcements."""

    def __init__(self) -> None:
        self._version = _installed()

    @property
    def version(self) -> str:
        return self._version

    def is_workday(self, day: date) -> bool:
        announced = _announced(day)
        return day.weekday() < 5 if announced is None else announced

    def published(self, day: date) -> bool:
        return _announced(day) is not None


@cache
def _installed() -> str:
    """Read once: it is a look into the installed packages, and never another one while a process lives."""
    return f"chinesecalendar {version('chinesecalendar')}"


@lru_cache(maxsize=16_384)
def _announced(day: date) -> bool | None:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def add_working_days(calendar: WorkingCalendar, day: date, days: int) -> tuple[date, bool]:
    """Return the last of ``days`` working days after ``day`` (itself not counted), and whether it is provisional."""
    provisional = False
    while days > 0:
        day += _DAY
        provisional = provisional or not calendar.published(day)
        days -= calendar.is_workday(day)
    return day, provisional


def working_days_between(calendar: WorkingCalendar, first: date, last: date) -> tuple[int, bool]:
    """Count the working days after ``first`` up to and including ``last``; also return whether that is provisional."""
    days, provisional, day = 0, False, first
    while day < last:
        day += _DAY
        provisional = provisional or not calendar.published(day)
        days += calendar.is_workday(day)
    return days, provisional


def end_of_day(day: date) -> datetime:
    """Return 24:00 of a day in China Standard Time: the last moment that is still in time."""
    day = min(day, date.max - _DAY)  # of the last day there is, the end cannot be told
    return datetime(day.year, day.month, day.day, tzinfo=CST) + _DAY


def announced_until(calendar: WorkingCalendar, today: date) -> date | None:
    """Return the last day announced without a gap from today, looking two years ahead; None where not even today is."""
    last = None
    for ahead in range(_AHEAD):
        day = today + timedelta(days=ahead)
        if not calendar.published(day):
            break
        last = day
    return last
