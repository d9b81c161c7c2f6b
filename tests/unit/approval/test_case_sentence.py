"""Where a case stands, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from exchange.approval.rules.case_sentence import sentence
from exchange.approval.rules.states import CaseState, PartState
from exchange.clock import CST

NOW = datetime(2026, 3, 2, 9, tzinfo=CST)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Part:
    department: str
    state: PartState
    due_at: datetime | None = None
    contested: bool = False


LATE = Part("late", PartState.SIGNED, NOW - DAY)
UNSIGNED = Part("unsigned", PartState.ISSUED)
RUNNING = Part("running", PartState.SIGNED, NOW + DAY)
ESCALATED = Part("escalated", PartState.ESCALATED, NOW - DAY)
STOPPED = Part("stopped", PartState.SIGNED)


@pytest.mark.parametrize(
    ("state", "parts", "said"),
    [
        (CaseState.OPEN, (RUNNING, LATE, UNSIGNED), "late is late since 2026-03-01 09:00: it has signed and not"),
        (CaseState.OPEN, (Part("late", PartState.ISSUED, NOW - DAY),), "it has not signed for the request"),
        (CaseState.OPEN, (RUNNING, ESCALATED), "escalated kept silent"),
        (CaseState.OPEN, (RUNNING, UNSIGNED), "unsigned has not signed"),
        (CaseState.OPEN, (RUNNING, STOPPED), "the first term to end is that of running (2026-03-03 09:00)"),
        (CaseState.OPEN, (STOPPED,), "its term is stopped"),
        (CaseState.OPEN, (), "Nobody is late"),
        (CaseState.READY, (ESCALATED,), "the lead decides"),
        (CaseState.DECIDED, (LATE,), "nobody is waited for"),
        (CaseState.WITHDRAWN, (UNSIGNED,), "nobody is waited for"),
    ],
)
def test_it_says_who_is_late_since_when_why_and_what_comes_next(
    state: CaseState, parts: tuple[Part, ...], said: str
) -> None:
    chinese, english = sentence(state, parts, NOW)
    assert said in english
    assert chinese.endswith("。")


def test_of_many_that_are_late_the_first_are_named_and_the_others_counted() -> None:
    late = [Part(f"d{i}", PartState.SIGNED, NOW - (i + 1) * DAY) for i in range(5)]
    chinese, english = sentence(
        CaseState.OPEN, late, NOW, {one.department: (f"局{one.department}", one.department.upper()) for one in late}
    )
    assert "D0, D1, D2 and 2 more is late since 2026-02-25" in english
    assert "局d0、局d1、局d2 等 5 个部门 逾期" in chinese
