"""Days that are reckoned in a few steps, against the same counted one by one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.runtime.rule_process.questions import RuleQuestion
from exchange.schemas import AnnouncedYear
from exchange.workdays import (
    CalendarLayer,
    ChinaCalendar,
    PublishedCalendar,
    WorkingCalendar,
    add_working_days,
    working_days_between,
)

DAY = timedelta(days=1)
PACKAGE = ChinaCalendar()


def published(version: int, *off: date) -> PublishedCalendar:
    """2026 as somebody has published it, with other days off."""
    year = AnnouncedYear(year=2026, number=f"no. {version}", holidays=off, makeup_days=(date(2026, 3, 7),))
    return PublishedCalendar([CalendarLayer("c", version, (year,), str(version).encode())])


PUBLISHED = [published(1, date(2026, 3, 4)), published(2, date(2026, 3, 4), date(2026, 3, 5))]
CALENDARS: list[WorkingCalendar] = [PACKAGE, *PUBLISHED]
DATES = st.dates(date(2023, 1, 1), date(2029, 12, 31))


def one_by_one(calendar: WorkingCalendar, first: date, last: date) -> tuple[int, bool]:
    days = [first + DAY * ahead for ahead in range(1, (last - first).days + 1)]
    return sum(map(calendar.is_workday, days)), not all(map(calendar.published, days))


@given(st.sampled_from(CALENDARS), DATES, DATES)
def test_days_between_are_those_that_are_counted_one_by_one(calendar: WorkingCalendar, one: date, two: date) -> None:
    assert working_days_between(calendar, one, two) == one_by_one(calendar, one, two)


@given(st.sampled_from(CALENDARS), DATES, st.integers(0, 600))
def test_the_last_of_so_many_days_is_where_counting_arrives(calendar: WorkingCalendar, day: date, days: int) -> None:
    last, provisional = add_working_days(calendar, day, days)
    assert one_by_one(calendar, day, last) == (days, provisional)
    assert calendar.is_workday(last) or not days


def test_calendars_that_differ_in_a_day_are_kept_apart() -> None:
    first, last = date(2026, 3, 2), date(2026, 3, 7)
    assert [working_days_between(one, first, last)[0] for one in CALENDARS] == [4, 4, 3]


def test_calendars_of_one_name_are_kept_apart_too_as_a_rule_is_told_a_few_years_under_one() -> None:
    monday, friday = date(2026, 3, 2), date(2026, 3, 6)
    told = [RuleQuestion(years=tuple(year for year, _ in one.years.values())).calendar() for one in PUBLISHED]
    assert told[0].version == told[1].version
    assert [working_days_between(one, monday, friday) for one in told] == [(3, False), (2, False)]
    assert [add_working_days(one, monday, 2)[0] for one in told] == [date(2026, 3, 5), date(2026, 3, 6)]


def test_at_the_end_of_all_years_there_is_no_day_more() -> None:
    assert working_days_between(PACKAGE, date(9998, 12, 31), date.max) == one_by_one(
        PACKAGE, date(9998, 12, 31), date.max
    )
    assert working_days_between(PACKAGE, date.min, date(2, 1, 1)) == one_by_one(PACKAGE, date.min, date(2, 1, 1))
    with pytest.raises(ValueError, match="year"):
        add_working_days(PACKAGE, date.max, 1)
