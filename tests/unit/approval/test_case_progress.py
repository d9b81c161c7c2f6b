"""How a case moves on: completion, stages, prerequisites; an empty set never means yes."""

from __future__ import annotations

import pytest

from exchange.approval.rules.completion import Advance, Progress, may_decide, progress
from exchange.approval.rules.states import PartState
from exchange.schemas import Approver, Completion, Verdict
from tests.unit.facts import Part, approver

A, B, C = "c.a", "c.b", "c.c"
AGREED = {"state": PartState.ANSWERED, "verdict": Verdict.AGREE}
CONDITIONS = {"state": PartState.ANSWERED, "verdict": Verdict.AGREE_WITH_CONDITIONS}
OBJECTED = {"state": PartState.ANSWERED, "verdict": Verdict.DISAGREE}
SILENT = {"state": PartState.DEEMED}
REFUSED = {"state": PartState.REFUSED}
OPEN = {"state": PartState.SIGNED}


def moved(
    *parts: Part,
    approvers: tuple[Approver, ...] = (),
    completion: Completion = Completion.ALL,
    quorum: int | None = None,
    stage: int = 1,
) -> Progress:
    rules = approvers or tuple(approver(part.department, stage=part.stage) for part in parts)
    return progress(completion, quorum, stage, parts, rules)


# --- all --------------------------------------------------------------------------------------------------------------


def test_a_case_without_parts_is_never_ready() -> None:
    assert moved().kind is Advance.WAIT
    assert not may_decide(())


@pytest.mark.parametrize("state", [PartState.PLANNED, PartState.ISSUED, PartState.SIGNED, PartState.ESCALATED])
def test_one_open_part_holds_the_case(state: PartState) -> None:
    assert moved(Part(A, **AGREED), Part(B, state)).kind is Advance.WAIT


@pytest.mark.parametrize("facts", [AGREED, CONDITIONS, OBJECTED, SILENT, REFUSED, {"state": PartState.MOOT}])
def test_answers_silence_and_the_moot_settle_a_part(facts: dict[str, object]) -> None:
    assert moved(Part(A, **AGREED), Part(B, **facts)) == Progress(Advance.READY)


def test_an_objection_does_not_end_a_case_in_which_nobody_has_a_veto() -> None:
    assert moved(Part(A, **OBJECTED), Part(B, **OPEN)).kind is Advance.WAIT


# --- stages -----------------------------------------------------------------------------------------------------------


def test_a_settled_stage_opens_the_next() -> None:
    assert moved(Part(A, **AGREED), Part(B, PartState.PLANNED, stage=2)).kind is Advance.NEXT_STAGE


def test_an_unsettled_stage_keeps_the_next_one_waiting() -> None:
    assert moved(Part(A, **OPEN), Part(B, PartState.PLANNED, stage=2)).kind is Advance.WAIT


def test_the_last_settled_stage_makes_the_case_ready() -> None:
    assert moved(Part(A, **AGREED), Part(B, stage=2, **AGREED), stage=2).kind is Advance.READY


def test_an_escalated_part_does_not_keep_the_next_stage_waiting_but_the_last_stage_does_not_decide() -> None:
    assert moved(Part(A, PartState.ESCALATED), Part(B, PartState.PLANNED, stage=2)).kind is Advance.NEXT_STAGE
    assert moved(Part(A, PartState.ESCALATED), Part(B, stage=2, **AGREED), stage=2).kind is Advance.WAIT
    waits = moved(Part(A, PartState.ESCALATED), Part(B, **OPEN), Part(C, PartState.PLANNED, stage=2))
    assert waits.kind is Advance.WAIT


# --- prerequisites ----------------------------------------------------------------------------------------------------

CHAIN = (approver(A), approver(B), approver(C, after=(A, B)))


@pytest.mark.parametrize(
    "facts", [AGREED, OBJECTED, SILENT, REFUSED, {"state": PartState.ESCALATED}, {"state": PartState.MOOT}]
)
def test_who_waited_is_cleared_once_nobody_it_waits_for_is_waited_for(facts: dict[str, object]) -> None:
    parts = (Part(A, **AGREED), Part(B, **facts), Part(C, **OPEN))
    assert moved(*parts, approvers=CHAIN) == Progress(Advance.WAIT, cleared=(C,))


@pytest.mark.parametrize("state", [PartState.PLANNED, PartState.ISSUED, PartState.SIGNED])
def test_who_waits_is_not_cleared_before_every_result_is_in(state: PartState) -> None:
    assert moved(Part(A, **AGREED), Part(B, state), Part(C, **OPEN), approvers=CHAIN).cleared == ()


def test_who_waits_for_nobody_is_never_cleared() -> None:
    assert moved(Part(A, **AGREED), Part(B, **OPEN)).cleared == ()


# --- veto -------------------------------------------------------------------------------------------------------------

VETO = (approver(A, veto=True), approver(B), approver(C))


@pytest.mark.parametrize("facts", [OBJECTED, REFUSED])
def test_the_objection_of_a_department_with_a_veto_ends_the_case_and_makes_the_open_ones_moot(
    facts: dict[str, object],
) -> None:
    parts = (Part(A, **facts), Part(B, **OPEN), Part(C, **AGREED))
    assert moved(*parts, approvers=VETO, completion=Completion.VETO) == Progress(Advance.READY, (B,))


@pytest.mark.parametrize("facts", [OBJECTED, REFUSED, SILENT])
def test_the_objection_of_a_department_without_a_veto_does_not(facts: dict[str, object]) -> None:
    parts = (Part(A, **OPEN), Part(B, **facts), Part(C, **AGREED))
    assert moved(*parts, approvers=VETO, completion=Completion.VETO).kind is Advance.WAIT


def test_without_a_veto_cast_all_must_be_in() -> None:
    agreed = (Part(A, **AGREED), Part(B, **AGREED))
    assert moved(*agreed, Part(C, **OPEN), approvers=VETO, completion=Completion.VETO).kind is Advance.WAIT
    assert moved(*agreed, Part(C, **OBJECTED), approvers=VETO, completion=Completion.VETO).kind is Advance.READY


def test_a_veto_in_the_first_stage_makes_later_stages_moot() -> None:
    rules = (approver(A, veto=True), approver(B, stage=2))
    parts = (Part(A, **OBJECTED), Part(B, PartState.PLANNED, stage=2))
    assert moved(*parts, approvers=rules, completion=Completion.VETO) == Progress(Advance.READY, (B,))


# --- quorum -----------------------------------------------------------------------------------------------------------


def counted(*parts: Part, approvers: tuple[Approver, ...] = (), quorum: int = 2) -> Progress:
    return moved(*parts, approvers=approvers, completion=Completion.QUORUM, quorum=quorum)


def test_enough_consents_end_the_case_and_make_the_open_ones_moot() -> None:
    found = counted(Part(A, **AGREED), Part(B, **CONDITIONS), Part(C, **OPEN))
    assert found == Progress(Advance.READY, (C,))


def test_objections_do_not_count_towards_the_quorum() -> None:
    assert counted(Part(A, **AGREED), Part(B, **OBJECTED), Part(C, **OPEN)).kind is Advance.WAIT


def test_silence_counts_where_it_means_consent_and_only_there() -> None:
    for silence, kind in ((SILENT, Advance.READY), (REFUSED, Advance.WAIT)):
        assert counted(Part(A, **AGREED), Part(B, **silence), Part(C, **OPEN)).kind is kind


@pytest.mark.parametrize("verdict", [Verdict.NOT_COMPETENT, Verdict.REFER_UPWARD])
def test_other_verdicts_are_no_consent(verdict: Verdict) -> None:
    parts = (Part(A, **AGREED), Part(B, PartState.ANSWERED, verdict=verdict), Part(C, **OPEN))
    assert counted(*parts).kind is Advance.WAIT


def test_with_everything_in_the_lead_decides_whether_or_not_the_quorum_was_reached() -> None:
    assert counted(Part(A, **OBJECTED), Part(B, **OBJECTED), Part(C, **AGREED)).kind is Advance.READY


# --- by hand ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [PartState.ISSUED, PartState.SIGNED])
def test_the_lead_cannot_decide_while_somebody_has_time_left(state: PartState) -> None:
    assert not may_decide((Part(A, **AGREED), Part(B, state)))


@pytest.mark.parametrize("state", [PartState.ESCALATED, PartState.DEEMED, PartState.MOOT, PartState.PLANNED])
def test_the_lead_may_decide_when_nobody_has(state: PartState) -> None:
    assert may_decide((Part(A, **AGREED), Part(B, state)))
