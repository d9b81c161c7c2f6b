"""Reminder stages of a term, as a calendar of days around the Spring Festival of 2026."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from exchange.messaging.rules.reminder_stages import stage_on
from exchange.schemas.deadline import SentReminder
from exchange.workdays import ChinaCalendar

BEGUN, DUE = date(2026, 3, 2), date(2026, 3, 16)
"""A Monday, and the Monday a fortnight later: ten working days."""


@pytest.mark.parametrize(
    ("day", "stage"),
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
def test_a_stage_is_reached_when_its_share_of_the_working_days_has_passed(day: date, stage: int) -> None:
    assert stage_on(ChinaCalendar(), BEGUN, DUE, day) == stage


def test_holidays_and_made_up_weekends_are_no_part_of_the_share() -> None:
    begun, due = date(2026, 2, 13), date(2026, 2, 27)  # the festival lies between; 14 and 28 February are worked
    days = [begun + timedelta(days=number) for number in range(15)]
    reached = [day for day in days if stage_on(ChinaCalendar(), begun, due, day) >= 50]
    assert reached[0] == date(2026, 2, 25)


def test_a_term_without_a_working_day_has_no_stages() -> None:
    assert stage_on(ChinaCalendar(), date(2026, 3, 6), date(2026, 3, 8), date(2026, 3, 8)) == 0
    assert stage_on(ChinaCalendar(), date(2026, 3, 6), date(2026, 3, 5), date(2026, 3, 9)) == 0


def test_a_reminder_on_record_from_before_the_stage_had_its_name_is_read() -> None:
    old = '{"message_id": "0190a5b0-0000-7000-8000-000000000001", "rung": 50, "at": "2026-03-02T09:00:00+08:00"}'
    found = SentReminder.model_validate_json(old)
    assert (found.stage, "rung" in found.model_dump_json()) == (50, False)
