"""How a log is driven: until when a request must have arrived, and how a case is decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from exchange.approval.rules.states import PartState
from exchange.clock import CST
from exchange.schemas import Outcome
from exchange.trials.replay.log import EventKind, ReplayEvent
from exchange.trials.replay.run import decide, signed_by

MIDNIGHT = datetime(2026, 6, 4, tzinfo=CST)
LATE = ReplayEvent(2, MIDNIGHT - timedelta(seconds=1), "c-1", EventKind.SUBMIT, "A")


@pytest.mark.parametrize("due", [timedelta(seconds=2), timedelta(hours=33), timedelta(days=60)])
def test_a_department_has_signed_on_the_day_on_which_it_is_asked_and_before_anything_is_due(due: timedelta) -> None:
    by = signed_by(replace(LATE, due=LATE.at + due))
    assert LATE.at < by < min(MIDNIGHT, LATE.at + due)


def test_of_a_term_of_days_the_day_of_the_request_is_china_s() -> None:
    asked = replace(LATE, at=datetime.fromisoformat("2026-06-03T12:00:00-08:00"), days=5)
    assert signed_by(asked) == datetime(2026, 6, 4, 23, 59, 59, 999999, CST)


@pytest.mark.parametrize(
    ("lacking", "state", "outcome"),
    [
        ((), PartState.DEEMED, Outcome.GRANT),
        ((), PartState.REFUSED, Outcome.REFUSE),
        (("away",), PartState.REFUSED, None),
        (("away",), PartState.DEEMED, None),
    ],
)
def test_silence_that_is_refusal_refuses_and_nobody_decides_without_the_others(
    lacking: tuple[str, ...], state: PartState, outcome: Outcome | None
) -> None:
    parts = [
        SimpleNamespace(department="silent", state=state),
        SimpleNamespace(department="away", state=PartState.ESCALATED),
    ]
    docket: Any = SimpleNamespace(lacking=lacking, parts=parts)
    ruling = decide(docket)
    assert (ruling.outcome if ruling else None) == outcome
