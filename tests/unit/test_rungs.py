"""Rungs of a term, as a calendar of days around the Spring Festival of 2026."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from exchange.rules.calendar import ChinaCalendar
from exchange.rules.rungs import rung_on

BEGUN, DUE = date(2026, 3, 2), date(2026, 3, 16)
"""A Monday, and the Monday a fortnight later: ten working days."""


@pytest.mark.parametrize(
    ("day", "rung"),
    [
        (date(2026, 3, 2), 0),
        (date(2026, 3, 6), 0),
        (date(2026, 3, 9), 50),
        (date(2026, 3, 12), 50),
        (date(2026, 3, 13), 90),
        (date(2026, 3, 16), 90),
        (date(2026, 6, 1), 90),
    ],
)
def test_a_rung_is_reached_when_its_share_of_the_working_days_has_passed(day: date, rung: int) -> None:
    assert rung_on(ChinaCalendar(), BEGUN, DUE, day) == rung


def test_holidays_and_made_up_weekends_are_no_part_of_the_share() -> None:
    begun, due = date(2026, 2, 13), date(2026, 2, 27)  # the festival lies between; 14 and 28 February are worked
    days = [begun + timedelta(days=number) for number in range(15)]
    reached = [day for day in days if rung_on(ChinaCalendar(), begun, due, day) >= 50]
    assert reached[0] == date(2026, 2, 25)


def test_a_term_without_a_working_day_has_no_rungs() -> None:
    assert rung_on(ChinaCalendar(), date(2026, 3, 6), date(2026, 3, 8), date(2026, 3, 8)) == 0
    assert rung_on(ChinaCalendar(), date(2026, 3, 6), date(2026, 3, 5), date(2026, 3, 9)) == 0
