"""The demonstration's story begins on a morning with working days behind it, however slowly its processes start."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exchange.trials.demo_script import BEGINS, story_begins
from exchange.workdays import ChinaCalendar

CALENDAR = ChinaCalendar()


def test_on_a_machine_that_is_quick_it_begins_when_it_should() -> None:
    assert story_begins(BEGINS - timedelta(days=6), CALENDAR) == BEGINS


@pytest.mark.parametrize(
    "late", [timedelta(days=days, hours=12) for days in range(60)], ids=lambda late: f"{late.days} d"
)
def test_it_never_begins_before_a_weekend_or_a_holiday(late: timedelta) -> None:
    begins = story_begins(BEGINS + late, CALENDAR)
    assert BEGINS + late <= begins <= BEGINS + late + timedelta(days=9)
    assert begins.hour == BEGINS.hour
    assert all(CALENDAR.is_workday((begins + timedelta(days=days)).date()) for days in range(3))
