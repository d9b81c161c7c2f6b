"""The paper that a department owes after its deemed consent: until when, whether it came, and how late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest

from exchange.approval.rules.after.paper import PaperState, may_remind, owed_until, owes, paper_of
from exchange.approval.rules.states import PartState
from exchange.clock import CST
from exchange.schemas import DefaultMode
from exchange.workdays import ChinaCalendar

CALENDAR = ChinaCalendar()
FRIDAY = datetime(2026, 3, 6, 0, 0, 1, tzinfo=CST)
OWED_BY = datetime(2026, 3, 10, tzinfo=CST)
"""24:00 of Monday 9 March."""


def at(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(f"2026-{day}").replace(hour=hour, tzinfo=CST)


@dataclass
class Part:
    state: PartState = PartState.DEEMED
    paper_by: datetime | None = OWED_BY
    late_at: datetime | None = None
    paper_reminded_at: datetime | None = None


def test_it_is_owed_within_one_working_day_and_only_for_a_consent_without_an_opinion() -> None:
    assert owed_until(DefaultMode.CONSENT, None, FRIDAY, CALENDAR) == OWED_BY
    before_the_festival = at("02-13")
    assert owed_until(DefaultMode.CONSENT, None, before_the_festival, CALENDAR) == at("02-15", 0), "a Saturday, worked"
    assert owed_until(DefaultMode.REFUSAL, None, FRIDAY, CALENDAR) is None
    assert owed_until(DefaultMode.CONSENT, "late already", FRIDAY, CALENDAR) is None


@pytest.mark.parametrize(
    ("now", "came", "state", "days"),
    [
        (OWED_BY, None, PaperState.OWED, 0),
        (at("03-10", 0).replace(second=1), None, PaperState.OVERDUE, 1),
        (at("03-16"), None, PaperState.OVERDUE, 5),
        (at("03-16"), OWED_BY, PaperState.IN_TIME, 0),
        (at("03-20"), at("03-11"), PaperState.LATE, 2),
    ],
)
def test_how_it_stands_and_how_late_in_working_days(
    now: datetime, came: datetime | None, state: PaperState, days: int
) -> None:
    paper = paper_of(Part(late_at=came), now, CALENDAR)
    assert paper is not None
    assert (paper.owed_by, paper.state, paper.came_at, paper.days_late) == (OWED_BY, state, came, days)
    assert owes(Part(late_at=came)) == (came is None)


@pytest.mark.parametrize("state", sorted(set(PartState) - {PartState.DEEMED}))
def test_nothing_is_owed_where_the_default_was_undone(state: PartState) -> None:
    assert paper_of(Part(state), at("03-20"), CALENDAR) is None
    assert not owes(Part(state))


def test_reminders_go_out_on_working_days_from_nine_o_clock() -> None:
    assert may_remind(at("03-10", 9), CALENDAR)
    assert not may_remind(at("03-10", 8), CALENDAR)
    assert not may_remind(at("03-07"), CALENDAR), "a Saturday"
    assert not may_remind(at("02-16"), CALENDAR), "the Spring Festival"
    assert may_remind(at("02-28"), CALENDAR), "a Saturday that is worked"
