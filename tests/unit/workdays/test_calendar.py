"""Working days, by the published calendar and beyond it."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.clock import CST
from exchange.workdays import ChinaCalendar, add_working_days, end_of_day, working_days_between
from tests.unit.facts import reference

CALENDAR = ChinaCalendar()


def test_every_day_of_the_published_table_agrees() -> None:
    with reference("calendar/workday_table_2007_2026.csv").open(encoding="utf-8") as file:
        rows = [(date.fromisoformat(row["date"]), row["is_workday"] == "1") for row in csv.DictReader(file)]
    assert len(rows) > 7_000
    assert [day for day, workday in rows if CALENDAR.is_workday(day) is not workday] == []
    assert all(CALENDAR.published(day) for day, _ in rows)


def test_twenty_days_over_the_spring_festival_of_2024_end_on_the_29th_of_february() -> None:
    assert add_working_days(CALENDAR, date(2024, 1, 29), 20) == (date(2024, 2, 29), False)


def test_a_make_up_sunday_counts() -> None:
    assert add_working_days(CALENDAR, date(2026, 9, 14), 5) == (date(2026, 9, 20), False)
    assert date(2026, 9, 20).strftime("%A") == "Sunday"


def test_a_term_that_reaches_beyond_the_announcements_is_provisional() -> None:
    if CALENDAR.published(date(2027, 2, 1)):
        pytest.skip("the announcement for 2027 is in by now")
    assert add_working_days(CALENDAR, date(2026, 11, 23), 45)[1]


def test_beyond_the_announcements_monday_to_friday_is_a_guess_and_says_so() -> None:
    saturday = date(2031, 3, 1)
    assert not CALENDAR.is_workday(saturday)
    assert CALENDAR.is_workday(saturday + timedelta(days=2))
    assert not CALENDAR.published(saturday)


def test_the_first_day_is_not_counted() -> None:
    monday = date(2026, 3, 2)
    assert add_working_days(CALENDAR, monday, 1) == (date(2026, 3, 3), False)
    assert add_working_days(CALENDAR, monday, 0) == (monday, False)


def test_from_a_friday_one_working_day_is_the_monday() -> None:
    assert add_working_days(CALENDAR, date(2026, 3, 6), 1) == (date(2026, 3, 9), False)


def test_a_day_ends_at_midnight_in_china() -> None:
    assert end_of_day(date(2026, 3, 2)) == datetime(2026, 3, 3, tzinfo=CST)
    assert end_of_day(date(2026, 3, 2)).utcoffset() == timedelta(hours=8)


def test_the_version_names_the_calendar_and_its_release() -> None:
    name, release = CALENDAR.version.split()
    assert name == "chinesecalendar"
    assert release[0].isdigit()


def test_days_between_are_provisional_only_where_a_day_is() -> None:
    assert working_days_between(CALENDAR, date(2026, 3, 2), date(2026, 3, 9)) == (5, False)
    assert working_days_between(CALENDAR, date(2030, 12, 31), date(2031, 1, 6))[1]
    assert working_days_between(CALENDAR, date(2026, 3, 9), date(2026, 3, 2)) == (0, False)


@given(st.dates(date(2010, 1, 1), date(2025, 6, 1)), st.integers(1, 90))
def test_counting_there_and_back_agrees(day: date, days: int) -> None:
    last, provisional = add_working_days(CALENDAR, day, days)
    assert not provisional
    assert CALENDAR.is_workday(last)
    assert working_days_between(CALENDAR, day, last) == (days, False)
    assert working_days_between(CALENDAR, day, last - timedelta(days=1))[0] == days - 1
