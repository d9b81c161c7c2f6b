"""The days by which terms are reckoned where no authority has published a year: those of the package of holidays.

They are in a bundle for whoever verifies it without that package. They are nobody's signature; who has the package
holds them against it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from exchange.schemas.base import Line, Title, Wire
from exchange.schemas.instants import Day
from exchange.workdays import WorkingCalendar

WORKDAYS = "workdays.json"
_DAY = timedelta(days=1)
_SATURDAY = 5

_Year = Annotated[str, StringConstraints(pattern=r"^2[01][0-9]{2}$")]


class YearDays(Wire):
    """The days of a year that are otherwise than their weekday says."""

    TITLE: ClassVar[Title] = ("年度节假日", "Days of a year")

    holidays: Annotated[tuple[Day, ...], Field(max_length=120)]
    """From Monday to Friday, and no working days."""
    makeup_days: Annotated[tuple[Day, ...], Field(max_length=60)]
    """Saturdays and Sundays that are working days."""


class PackageDays(Wire):
    """Years as the package of holidays has them."""

    TITLE: ClassVar[Title] = ("节假日软件包日期", "Days of the package of holidays")

    version: Line
    """Name and version of the package."""
    years: Annotated[dict[_Year, YearDays], Field(max_length=200)]


def package_days(package: WorkingCalendar, first: int, last: int) -> PackageDays:
    """Return the years from ``first`` to ``last`` that the package knows to have been announced."""
    known = (year for year in range(first, last + 1) if package.published(date(year, 12, 31)))
    return PackageDays(version=package.version, years={str(year): _year(package, year) for year in known})


def _year(package: WorkingCalendar, year: int) -> YearDays:
    days = list(_days(year))
    return YearDays(
        holidays=tuple(day for day in days if day.weekday() < _SATURDAY and not package.is_workday(day)),
        makeup_days=tuple(day for day in days if day.weekday() >= _SATURDAY and package.is_workday(day)),
    )


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += _DAY
