"""The judge of the fault proof is able to fail: whatever is put wrong in the ledger is named, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.approval.rules.states import PartState
from exchange.trials.prove.rules.judgement import (
    Behaviour,
    BreachFound,
    ConsultedPart,
    Handed,
    ProofBreach,
    ProofEvidence,
    counted,
    judge,
)

ANSWERED = ConsultedPart("C-1", "planning", Behaviour.PROMPT, PartState.ANSWERED, due=20.0, opinions=1, defaults=0)
EDGE = ConsultedPart(
    "C-1", "transport", Behaviour.EDGE, PartState.ANSWERED, due=20.0, opinions=1, defaults=0, given=19.5, confirmed=19.8
)
DEEMED = ConsultedPart(
    "C-1", "housing", Behaviour.SILENT, PartState.DEEMED, due=20.0, opinions=0, defaults=1, deemed_at=20.4
)
RIGHT = ProofEvidence(
    handed=[Handed("m-1", "window", "planning", True), Handed("m-2", "planning", "housing", True)],
    effects={("m-1", "planning"): 1, ("m-2", "housing"): 1},
    cases=["C-1"],
    asked=[ANSWERED, EDGE, DEEMED],
    departments=3,
    stamps=True,
)


def breaches(evidence: ProofEvidence) -> list[tuple[ProofBreach, str]]:
    return [(one.breach, one.what) for one in judge(evidence)]


def test_what_came_out_as_it_must_breaks_nothing() -> None:
    assert judge(RIGHT) == []
    assert set(counted([]).values()) == {0}
    assert set(counted([])) == set(ProofBreach)


def test_a_document_without_effect_is_lost() -> None:
    assert breaches(replace(RIGHT, effects={("m-1", "planning"): 1})) == [(ProofBreach.LOST, "m-2")]


def test_one_that_nobody_knows_to_have_been_taken_need_not_be_there_but_never_twice() -> None:
    handed = [*RIGHT.handed, Handed("m-3", "window", "housing", False)]
    assert judge(replace(RIGHT, handed=handed)) == []
    once = {**RIGHT.effects, ("m-3", "housing"): 1}
    assert judge(replace(RIGHT, handed=handed, effects=once)) == []
    twice = {**RIGHT.effects, ("m-3", "housing"): 2}
    assert breaches(replace(RIGHT, handed=handed, effects=twice)) == [(ProofBreach.DOUBLED, "m-3")]


def test_a_document_with_two_effects_is_doubled() -> None:
    assert breaches(replace(RIGHT, effects={**RIGHT.effects, ("m-1", "planning"): 2})) == [(ProofBreach.DOUBLED, "m-1")]


@pytest.mark.parametrize("there", [("m-9", "planning"), ("m-1", "transport")])
def test_what_nobody_handed_in_is_invented(there: tuple[str, str]) -> None:
    assert breaches(replace(RIGHT, effects={**RIGHT.effects, there: 1})) == [(ProofBreach.INVENTED, there[0])]


def test_a_case_or_a_part_of_it_that_is_gone_is_lost() -> None:
    assert breaches(replace(RIGHT, asked=[ANSWERED, DEEMED])) == [(ProofBreach.LOST, "C-1")]
    assert breaches(replace(RIGHT, cases=["C-1", "C-2"])) == [(ProofBreach.LOST, "C-2")]


def of_one(part: ConsultedPart, *, stamps: bool = True) -> list[ProofBreach]:
    """What is found where one part takes the place of the department's in what came out right."""
    asked = [part if one.department == part.department else one for one in RIGHT.asked]
    return [one.breach for one in judge(replace(RIGHT, asked=asked, stamps=stamps))]


def test_two_opinions_and_two_defaults_are_doubled() -> None:
    assert of_one(replace(ANSWERED, opinions=2)) == [ProofBreach.DOUBLED]
    assert of_one(replace(DEEMED, defaults=2)) == [ProofBreach.DOUBLED]


def test_a_default_over_an_opinion_in_time_is_named_to_the_moment() -> None:
    over = replace(EDGE, state=PartState.DEEMED, defaults=1, deemed_at=20.4)
    assert of_one(over) == [ProofBreach.IN_TIME_LOST]
    assert of_one(replace(over, confirmed=20.0)) == [ProofBreach.IN_TIME_LOST]
    assert of_one(replace(over, confirmed=20.01)) == []
    assert of_one(replace(over, confirmed=None)) == []


@pytest.mark.parametrize("signed_at", [19.9, 20.0])
def test_a_default_that_was_signed_within_the_term_is_wrong(signed_at: float) -> None:
    assert of_one(replace(DEEMED, deemed_at=signed_at)) == [ProofBreach.WRONG_DEFAULT]


def test_a_default_that_does_not_verify_or_has_no_term_is_wrong() -> None:
    assert of_one(replace(DEEMED, deemed_fault="the receipt is not the one that is cited")) == [
        ProofBreach.WRONG_DEFAULT
    ]
    assert of_one(replace(DEEMED, due=None)) == [ProofBreach.WRONG_DEFAULT]


def test_an_opinion_that_nobody_gave_is_invented() -> None:
    spoke = replace(DEEMED, state=PartState.ANSWERED, opinions=1, defaults=0, deemed_at=None)
    assert of_one(spoke) == [ProofBreach.INVENTED]
    assert of_one(replace(spoke, given=30.0, escalated=True)) == [], "an officer, after all"


def test_a_late_opinion_wins_only_where_nobody_knows_the_time_or_no_default_was_possible() -> None:
    late = replace(EDGE, behaviour=Behaviour.LATE, given=20.5, confirmed=20.6)
    assert of_one(late) == [ProofBreach.LATE_WON]
    assert of_one(late, stamps=False) == []
    assert of_one(replace(late, escalated=True)) == []


@pytest.mark.parametrize("state", [PartState.PLANNED, PartState.ISSUED, PartState.SIGNED, PartState.MOOT])
def test_what_did_not_come_to_an_end_is_unsettled(state: PartState) -> None:
    assert of_one(replace(ANSWERED, state=state, opinions=0)) == [ProofBreach.UNSETTLED]


def test_what_others_have_found_stands_with_the_rest() -> None:
    found = [BreachFound(ProofBreach.UNBALANCED, "m-1", "window"), BreachFound(ProofBreach.SET_ASIDE, "m-2", "housing")]
    judged = judge(replace(RIGHT, unbalanced=found[:1], set_aside=found[1:]))
    assert judged == found
    assert counted(judged)[ProofBreach.UNBALANCED] == counted(judged)[ProofBreach.SET_ASIDE] == 1
