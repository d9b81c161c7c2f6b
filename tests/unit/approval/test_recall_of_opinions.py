"""A department recalls its own opinion: which, until when, and what is left of its time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from exchange.approval.rules.after.recall import check_recall, lacks_required_result, state_after
from exchange.approval.rules.completion import Advance, progress
from exchange.approval.rules.deadline import Projection
from exchange.approval.rules.states import CaseState, PartState
from exchange.clock import CST
from exchange.errors import Returned
from exchange.schemas import Completion, Verdict
from tests.unit.facts import Part, approver

GIVEN, OTHER = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2))
DUE = datetime(2026, 3, 7, tzinfo=CST)
HOUR = timedelta(hours=1)
OF_THE_DEPARTMENT = Part("c.fire", PartState.ANSWERED, verdict=Verdict.AGREE, opinion_id=GIVEN)


@pytest.mark.parametrize("case", [CaseState.OPEN, CaseState.READY])
def test_the_opinion_that_counts_is_recalled_until_the_decision(case: CaseState) -> None:
    check_recall(case, OF_THE_DEPARTMENT, GIVEN)


@pytest.mark.parametrize(
    ("case", "part", "opinion_id", "code"),
    [
        (CaseState.DECIDED, OF_THE_DEPARTMENT, GIVEN, "case-closed"),
        (CaseState.WITHDRAWN, OF_THE_DEPARTMENT, GIVEN, "case-closed"),
        (CaseState.OPEN, OF_THE_DEPARTMENT, OTHER, "no-opinion"),
        (CaseState.OPEN, Part("c.fire", PartState.DEEMED, late_opinion_id=GIVEN), GIVEN, "no-opinion"),
        (CaseState.OPEN, Part("c.fire", PartState.SIGNED), GIVEN, "no-opinion"),
        (CaseState.OPEN, Part("c.fire", PartState.ESCALATED), GIVEN, "no-opinion"),
        (CaseState.OPEN, Part("c.fire", PartState.MOOT), GIVEN, "no-opinion"),
        (CaseState.OPEN, Part("c.fire", PartState.SIGNED, recalled_id=GIVEN), GIVEN, "already-recalled"),
        (
            CaseState.OPEN,
            Part("c.fire", PartState.ANSWERED, opinion_id=OTHER, recalled_id=GIVEN),
            GIVEN,
            "already-recalled",
        ),
        (CaseState.DECIDED, Part("c.fire", PartState.ESCALATED, recalled_id=GIVEN), GIVEN, "already-recalled"),
    ],
)
def test_nothing_else_is_recalled_and_the_reason_is_told(
    case: CaseState, part: Part, opinion_id: str, code: str
) -> None:
    with pytest.raises(Returned) as refused:
        check_recall(case, part, opinion_id)
    assert refused.value.code == code
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("projection", "at", "signed_for", "after"),
    [
        (Projection(DUE - 48 * HOUR, DUE, False, False, DUE), DUE, True, PartState.SIGNED),
        (Projection(DUE - 48 * HOUR, DUE, False, False, DUE), DUE + HOUR, True, PartState.ESCALATED),
        (Projection(DUE - 48 * HOUR, DUE, False, False, DUE + 48 * HOUR), DUE + HOUR, True, PartState.ESCALATED),
        (Projection(DUE - 48 * HOUR, DUE, True, False, DUE), DUE + HOUR, True, PartState.SIGNED),
        (Projection(DUE, None, False, True), DUE + HOUR, True, PartState.SIGNED),
        (Projection(None, None, False, False), DUE, False, PartState.ISSUED),
    ],
    ids=["at the last moment", "over", "over, and its effect delayed", "provisional", "stopped", "not signed for"],
)
def test_the_part_has_what_was_left_of_its_time_and_is_the_leads_beyond_it(
    projection: Projection, at: datetime, signed_for: bool, after: PartState
) -> None:
    assert state_after(projection, at, signed_for) is after


@pytest.mark.parametrize("state", list(PartState))
def test_silence_is_no_answer_while_the_required_result_is_open_again(state: PartState) -> None:
    waiting = approver("c.transport", after=("c.fire",))
    parts = [Part("c.fire", state), Part("c.police", PartState.SIGNED)]
    open_again = {PartState.PLANNED, PartState.ISSUED, PartState.SIGNED}
    assert lacks_required_result(waiting, parts) is (state in open_again)
    assert not lacks_required_result(approver("c.transport"), parts)


def test_a_case_in_a_later_stage_waits_for_an_earlier_opinion_that_was_recalled() -> None:
    both = (approver("c.fire"), approver("c.transport", stage=2))
    parts = [Part("c.fire", PartState.SIGNED), Part("c.transport", PartState.ANSWERED, 2, Verdict.AGREE)]
    assert progress(Completion.ALL, None, 2, parts, both).kind is Advance.WAIT
    parts[0] = Part("c.fire", PartState.ANSWERED, 1, Verdict.AGREE)
    assert progress(Completion.ALL, None, 2, parts, both).kind is Advance.READY
