"""Working days (Administrative License Law, article 82), with the State Council's make-up days and holidays.

What authorities have published of a year counts; of all other years the package of holidays says what it knows.
A day beyond the last published announcement is guessed as Monday to Friday and every date reckoned over it is
provisional: it is shown, and fires nothing.
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Protocol
from weakref import WeakKeyDictionary

import chinese_calendar

from exchange.clock import CST
from exchange.schemas import AnnouncedYear

_DAY = timedelta(days=1)
_AHEAD = 730


class WorkingCalendar(Protocol):
    """What the rules need to know of a calendar."""

    @property
    def version(self) -> str:
        """Name and version; goes into every default, so that it can be reckoned again."""

    @property
    def papers(self) -> tuple[bytes, ...]:
        """The published calendars that it consists of, as they were signed: highest level first."""

    def announcement(self, year: int) -> str | None:
        """Return how the announcement is cited by which a year was published; None where none is known."""

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

    @property
    def papers(self) -> tuple[bytes, ...]:
        return ()

    def announcement(self, year: int) -> str | None:
        return None

    def is_workday(self, day: date) -> bool:
        announced = _announced(day)
        return day.weekday() < 5 if announced is None else announced

    def published(self, day: date) -> bool:
        return _announced(day) is not None


@dataclass(frozen=True)
class CalendarLayer:
    """What one level has published."""

    domain: str
    version: int
    years: tuple[AnnouncedYear, ...]
    signed: bytes = field(repr=False)


class PublishedCalendar:
    """What the levels have published, highest first, over the package of holidays: of each year the first to have it
    counts as a whole.
    """

    def __init__(self, layers: Sequence[CalendarLayer], package: WorkingCalendar | None = None) -> None:
        self._package: WorkingCalendar = package or ChinaCalendar()
        self._layers = tuple(sorted(layers, key=lambda layer: (layer.domain.count("."), layer.domain)))
        self.years: dict[int, tuple[AnnouncedYear, str]] = {}
        """Years that are published, and by which domain."""
        for layer in reversed(self._layers):
            self.years |= {year.year: (year, layer.domain) for year in layer.years}
        self._worked = {year.year: _worked(year) for year, _ in self.years.values()}
        self._version = self._named()

    @property
    def version(self) -> str:
        return self._version

    @property
    def papers(self) -> tuple[bytes, ...]:
        return tuple(layer.signed for layer in self._layers)

    def announcement(self, year: int) -> str | None:
        return self.years[year][0].number if year in self.years else None

    def is_workday(self, day: date) -> bool:
        worked = self._worked.get(day.year)
        return self._package.is_workday(day) if worked is None else day in worked

    def published(self, day: date) -> bool:
        return day.year in self._worked or self._package.published(day)

    def _named(self) -> str:
        """A digest of all that it rests on comes first, so that no two calendars are called alike."""
        package = self._package.version
        parts = [hashlib.sha256(layer.signed).hexdigest() for layer in self._layers]
        digest = hashlib.sha256("\n".join([*parts, package]).encode()).hexdigest()[:16]
        layers = "; ".join(f"{layer.domain} version {layer.version}" for layer in self._layers)
        named = layers if len(layers) <= _NAME else f"{len(self._layers)} levels"
        return f"{digest} ({named}; {package})"


_NAME = 300
"""Characters that the levels of a calendar may take up in its name."""


def calendar_key(calendar: WorkingCalendar) -> str:
    """Return what tells a calendar from every other, in 80 characters."""
    return calendar.version[:80]


def calendar_of(layers: Sequence[CalendarLayer]) -> WorkingCalendar:
    """Return the calendar that is made of what the levels have published; the package's where none has."""
    return PublishedCalendar(layers) if layers else ChinaCalendar()


def announced_years(calendar: WorkingCalendar, first: int, last: int) -> tuple[AnnouncedYear, ...]:
    """Return what is published of the years from ``first`` to ``last``; nothing of those that the package says."""
    if not isinstance(calendar, PublishedCalendar):
        return ()
    return tuple(year for number, (year, _) in sorted(calendar.years.items()) if first <= number <= last)


_GIVEN: ContextVar[WorkingCalendar | None] = ContextVar("calendar of working days", default=None)


@contextmanager
def reckoning_by(calendar: WorkingCalendar) -> Iterator[None]:
    """Have what is called here, and knows no calendar, as a department's rule does, go by this one."""
    before = _GIVEN.set(calendar)
    try:
        yield
    finally:
        _GIVEN.reset(before)


def given_calendar() -> WorkingCalendar:
    """Return the calendar that `reckoning_by` has given; the package's where none is."""
    return _GIVEN.get() or ChinaCalendar()


def _worked(year: AnnouncedYear) -> frozenset[date]:
    first = date(year.year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(year.year + 1, 1, 1) - first).days))
    return frozenset(day for day in days if year.is_workday(day))


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


class _YearCounts:
    """How many days there are in a year of a calendar up to each of its days; none before the first."""

    def __init__(self, calendar: WorkingCalendar, year: int) -> None:
        self.eve = date(year, 1, 1).toordinal() - 1
        """The day before the year, as dates count days."""
        self.length = date(year, 12, 31).toordinal() - self.eve
        self.working = array("H", [0])
        self.guessed = array("H", [0])
        """Of which it is not announced whether they are working days."""
        for day in (date.fromordinal(self.eve + number + 1) for number in range(self.length)):
            self.working.append(self.working[-1] + calendar.is_workday(day))
            self.guessed.append(self.guessed[-1] + (not calendar.published(day)))


_THE_PACKAGES = ChinaCalendar()
_KEPT: WeakKeyDictionary[WorkingCalendar, dict[int, _YearCounts]] = WeakKeyDictionary()
"""Counts of the calendars in use, year by year: every term is reckoned in a few steps, however long it is. They are
kept with a calendar itself and not by its name: what a rule is told of a few years bears the same name every time.
"""


def _counts(calendar: WorkingCalendar, year: int) -> _YearCounts:
    """The counts of a year; ValueError for one that no date can have."""
    years = _KEPT.setdefault(_THE_PACKAGES if isinstance(calendar, ChinaCalendar) else calendar, {})
    found = years.get(year)
    if found is None:
        found = years[year] = _YearCounts(calendar, year)
    return found


def add_working_days(calendar: WorkingCalendar, day: date, days: int) -> tuple[date, bool]:
    """Return the last of ``days`` working days after ``day`` (itself not counted), and whether it is provisional.

    Raises ValueError where there is no day so late.
    """
    if days <= 0:
        return day, False
    year, provisional = day.year, False
    one = _counts(calendar, year)
    over = day.toordinal() - one.eve
    while True:
        wanted = one.working[over] + days
        last = bisect_left(one.working, wanted)
        provisional = provisional or one.guessed[min(last, one.length)] > one.guessed[over]
        if last <= one.length:
            return date.fromordinal(one.eve + last), provisional
        days, over, year = wanted - one.working[-1], 0, year + 1
        one = _counts(calendar, year)


def working_days_between(calendar: WorkingCalendar, first: date, last: date) -> tuple[int, bool]:
    """Count the working days after ``first`` up to and including ``last``; also return whether that is provisional."""
    if first >= last:
        return 0, False
    one = _counts(calendar, first.year)
    over = first.toordinal() - one.eve
    days, guessed = -one.working[over], -one.guessed[over]
    for year in range(first.year + 1, last.year + 1):
        days, guessed = days + one.working[-1], guessed + one.guessed[-1]
        one = _counts(calendar, year)
    until = last.toordinal() - one.eve
    return days + one.working[until], guessed + one.guessed[until] > 0


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
