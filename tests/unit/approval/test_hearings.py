"""When a hearing is told and held, and when a decision waits for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest

from exchange.approval.hearings.states import HearingState
from exchange.approval.rules.hearings import check_call, hold_by, is_owed, request_by
from exchange.clock import CST
from exchange.errors import BadHearing
from exchange.schemas import HearingMode
from exchange.workdays import ChinaCalendar

CALENDAR = ChinaCalendar()


def at(day: int, hour: int = 9) -> datetime:
    """In March 2026, whose first Monday is the second."""
    return datetime(2026, 3, day, hour, tzinfo=CST)


_FOURTH = at(4)


@dataclass(frozen=True)
class Held:
    state: HearingState
    called_at: datetime = _FOURTH


def test_the_days_are_working_days_and_the_first_is_not_counted() -> None:
    assert request_by(at(2), CALENDAR) == datetime(2026, 3, 10, tzinfo=CST)
    assert hold_by(at(2), CALENDAR) == datetime(2026, 3, 31, tzinfo=CST)


@pytest.mark.parametrize(
    ("held_at", "requested", "chair", "place", "what"),
    [
        (at(11, 23), None, "王敏", "三号室", "7 working days"),
        (at(31), at(2), "王敏", "三号室", "20 working days"),
        (at(20), None, "李伟", "三号室", "chaired by somebody else"),
        (at(20), None, " 李伟 ", "三号室", "chaired by somebody else"),
        (at(20), None, "", "三号室", "chaired by somebody else"),
        (at(20), None, "王敏", " ", "has a place"),
    ],
)
def test_too_soon_too_late_by_its_reviewer_or_nowhere_is_refused(
    held_at: datetime, requested: datetime | None, chair: str, place: str, what: str
) -> None:
    with pytest.raises(BadHearing, match=what):
        check_call(held_at, place, chair, "李伟", requested, at(2), CALENDAR)


def test_on_the_day_after_the_seventh_and_on_the_last_it_may_be_held() -> None:
    check_call(at(12), "三号室", "王敏", "李伟", None, at(2), CALENDAR)
    check_call(at(30), "三号室", "王敏", "李伟", at(2), at(2), CALENDAR)


CALLED, HELD, OFF = (Held(state) for state in (HearingState.CALLED, HearingState.HELD, HearingState.CALLED_OFF))


@pytest.mark.parametrize(
    ("mode", "requested", "hearings", "owed"),
    [
        (HearingMode.NEVER, at(3), (), False),
        (HearingMode.NEVER, None, (CALLED,), True),
        (HearingMode.NEVER, None, (HELD,), False),
        (HearingMode.ON_REQUEST, None, (), False),
        (HearingMode.ON_REQUEST, at(3), (), True),
        (HearingMode.ON_REQUEST, at(3), (CALLED,), True),
        (HearingMode.ON_REQUEST, at(3), (HELD,), False),
        (HearingMode.ON_REQUEST, at(3), (OFF,), False),
        (HearingMode.ON_REQUEST, at(5), (OFF,), True),
        (HearingMode.ON_REQUEST, at(3), (OFF, CALLED), True),
        (HearingMode.ALWAYS, None, (), True),
        (HearingMode.ALWAYS, None, (OFF,), True),
        (HearingMode.ALWAYS, None, (OFF, HELD), False),
    ],
)
def test_what_a_decision_waits_for(
    mode: HearingMode, requested: datetime | None, hearings: tuple[Held, ...], *, owed: bool
) -> None:
    assert is_owed(mode, requested, hearings) is owed
