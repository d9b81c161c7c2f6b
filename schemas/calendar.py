"""The calendar of working days as a domain's authority publishes it: years as the State Council announced them."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator

from exchange.language import Unfit
from exchange.schemas.base import Address, Body, Room, Serial, Title, Wire
from exchange.schemas.instants import Day, Instant

FIRST_CALENDAR_YEAR, LAST_CALENDAR_YEAR = 2000, 2199
MAX_YEARS = 12
"""How many years a calendar has; no ledger reaches over more than ten."""
MAX_HOLIDAYS, MAX_MAKEUP_DAYS = 60, 30
"""How many days of each sort a year may have: twice of what was ever announced."""
PAPER_LIMIT = 16_384
"""Octets of a signed calendar: it is carried beside messages."""

_SATURDAY = 5

AnnouncementName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
"""How an announcement is cited: 国办发明电〔2025〕7号."""


class AnnouncedYear(Wire):
    """The holidays and make-up days of one year. All other days are working days from Monday to Friday."""

    TITLE: ClassVar[Title] = ("年度放假安排", "Announced year")

    year: Annotated[int, Field(ge=FIRST_CALENDAR_YEAR, le=LAST_CALENDAR_YEAR)]
    number: AnnouncementName
    announced_on: Day | None = None
    """The day of the announcement; an older one never replaces a newer."""
    holidays: Annotated[tuple[Day, ...], Field(min_length=1, max_length=MAX_HOLIDAYS)]
    """Days off, weekends among them as announced; in order."""
    makeup_days: Annotated[tuple[Day, ...], Field(max_length=MAX_MAKEUP_DAYS)] = ()
    """Saturdays and Sundays that are worked; in order."""

    @model_validator(mode="after")
    def _days_are_what_they_are_called(self) -> Self:
        for name, days in (("holidays", self.holidays), ("makeup_days", self.makeup_days)):
            for day in days:
                self._in_year(name, day)
            for day, following in pairwise(days):
                if following <= day:
                    raise Unfit("{name}: {day} appears twice, or out of order", name=name, day=following)
        off = set(self.holidays)
        for day in self.makeup_days:
            if day in off:
                raise Unfit("makeup_days: {day} is a holiday, too", day=day)
            if day.weekday() < _SATURDAY:
                raise Unfit("makeup_days: {day} is no Saturday or Sunday: it is worked anyway", day=day)
        return self

    def _in_year(self, name: str, day: date) -> None:
        if day.year != self.year:
            raise Unfit("{name}: {day} is not in {year}", name=name, day=day, year=self.year)

    def is_workday(self, day: date) -> bool:
        """Return whether a day of this year is a working day."""
        return day in self.makeup_days or (day.weekday() < _SATURDAY and day not in self.holidays)


class Calendar(Body):
    """Which days are working days, by a domain's authority. A newer version replaces an older one.

    What it does not say of a year is said by the calendar of a domain below, or by the package of holidays.
    """

    KIND: ClassVar[str] = "calendar"
    TITLE: ClassVar[Title] = ("工作日历", "Calendar of working days")

    domain: Address
    version: Serial
    issued_at: Instant
    years: Annotated[tuple[AnnouncedYear, ...], Field(min_length=1, max_length=MAX_YEARS)]
    """In order."""

    @model_validator(mode="after")
    def _each_year_once(self) -> Self:
        for one, following in pairwise(self.years):
            if following.year <= one.year:
                raise Unfit("years: {year} appears twice, or out of order", year=following.year)
        return self


CalendarPaper = Annotated[bytes, Field(min_length=1, max_length=PAPER_LIMIT)]
"""A calendar as its authority signed it: COSE_Sign1."""


class CalendarUpdate(Body):
    """Calendars that a relay office hands down to the next level. It vouches for nothing: each is believed by its own
    authority's signature."""

    KIND: ClassVar[str] = "calendar-update"
    TITLE: ClassVar[Title] = ("工作日历更新", "Calendar update")
    ROOM: ClassVar[Room] = Room.LEVELS

    papers: Annotated[tuple[CalendarPaper, ...], Field(min_length=1, max_length=20)]
