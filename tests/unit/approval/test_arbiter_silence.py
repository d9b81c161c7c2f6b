"""When a monitor's default takes effect: five days from Monday 2 March 2026, due at the end of Monday 9 March."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from exchange.approval.rules.arbiter import AGAIN, SilenceRuling, rule_on_deemed, rule_on_escalation
from exchange.approval.rules.deadline import project
from exchange.approval.rules.states import CaseState, PartState
from exchange.messaging.rules.arrival_time import Arrival
from exchange.schemas import DefaultMode, Escalation, Exclusion, StartRule
from tests.unit.facts import (
    CALENDAR,
    ID,
    OTHER_ID,
    Part,
    at,
    between,
    deadline,
    deemed_on,
    end,
    exactly,
    extend,
    reminder,
    start,
    stop,
)

DUE = end("03-09")
LATE = exactly(at("03-10", "00:01"))
OWN = deadline(start("03-02"))
REMINDED = reminder("03-05")


def silence(
    *,
    own: Any = OWN,
    seen: Any = None,
    case: CaseState = CaseState.OPEN,
    state: PartState = PartState.SIGNED,
    arrival: Arrival = LATE,
    due_at: datetime = DUE,
    reminders: tuple[Any, ...] = (REMINDED,),
    late: str | None = None,
    signed_at: datetime = LATE.latest,
    **fields: Any,
) -> SilenceRuling:
    deemed = deemed_on(own if seen is None else seen, due_at, *reminders, **fields)
    part = Part("c.transport", state, late_opinion_id=late)
    return rule_on_deemed(case, part, own, deemed, project(own, CALENDAR), arrival, signed_at)


def escalation(
    *,
    own: Any = OWN,
    seen: Any = None,
    case: CaseState = CaseState.OPEN,
    state: PartState = PartState.SIGNED,
    arrival: Arrival = LATE,
    due_at: datetime = DUE,
    signed_at: datetime = LATE.latest,
    **fields: Any,
) -> SilenceRuling:
    told = own if seen is None else seen
    body = Escalation(
        case_number=told.case_number, department=told.department, consultation_id=told.consultation_id,
        due_at=due_at, obstacles=("no default",), **{"state": told} | fields,
    )  # fmt: skip
    part = Part("c.transport", state)
    return rule_on_escalation(case, part, own, body, project(own, CALENDAR), arrival, signed_at)


both = pytest.mark.parametrize("said", [silence, escalation])
"""What holds for a default and for an escalation alike."""


def test_a_monitor_that_saw_another_fixed_day_is_overtaken() -> None:
    fixed = deadline(start("03-02"), fixed=DUE)
    assert silence(own=fixed) is SilenceRuling.EFFECTIVE
    assert silence(own=fixed, seen=deadline(start("03-02"), fixed=end("03-06"))) is SilenceRuling.OVERTAKEN
    assert silence(own=fixed, seen=deadline(start("03-02"), fixed=DUE.astimezone(UTC))) is SilenceRuling.EFFECTIVE


def test_silence_after_the_end_takes_effect() -> None:
    assert silence() is SilenceRuling.EFFECTIVE


def test_revision_and_evidence_may_have_changed_since_without_changing_what_it_rests_on() -> None:
    own = OWN.model_copy(update={"revision": 7})
    seen = OWN.model_copy(update={"evidence": None})
    assert silence(own=own, seen=seen) is SilenceRuling.EFFECTIVE
    assert escalation(own=own, seen=seen) is SilenceRuling.EFFECTIVE


@both
def test_a_revision_that_the_window_has_not_reached_is_invented(said: Any) -> None:
    assert said(seen=OWN.model_copy(update={"revision": 2})) is SilenceRuling.OVERTAKEN


def test_a_late_opinion_on_record_does_not_keep_silence_from_taking_effect() -> None:
    assert silence(late=ID) is SilenceRuling.EFFECTIVE


def test_an_answer_on_record_makes_it_moot() -> None:
    assert silence(state=PartState.ANSWERED) is SilenceRuling.ANSWERED
    assert silence(state=PartState.ANSWERED, case=CaseState.DECIDED) is SilenceRuling.ANSWERED


@pytest.mark.parametrize(
    ("case", "state"),
    [
        (CaseState.OPEN, PartState.DEEMED),
        (CaseState.OPEN, PartState.REFUSED),
        (CaseState.OPEN, PartState.ISSUED),
        (CaseState.OPEN, PartState.PLANNED),
        (CaseState.OPEN, PartState.MOOT),
        (CaseState.OPEN, PartState.ESCALATED),
        (CaseState.READY, PartState.SIGNED),
        (CaseState.DECIDED, PartState.SIGNED),
        (CaseState.WITHDRAWN, PartState.SIGNED),
    ],
)
def test_only_in_an_open_case_and_once_signed_for_does_silence_count(case: CaseState, state: PartState) -> None:
    assert silence(case=case, state=state) is SilenceRuling.CLOSED


@pytest.mark.parametrize(
    "fields",
    [
        {"ledger": (start("03-03"),)},
        {"ledger": (start("03-02"), extend("03-04", 1))},
        {"consultation_id": OTHER_ID},
        {"matter_version": "2"},
        {"matter": "other"},
        {"default_basis": ("another rule",)},
        {"effect_delay_days": 3},
        {"start": StartRule.ARRIVAL},
    ],
)
def test_what_was_made_on_another_state_than_the_windows_is_overtaken(fields: dict[str, Any]) -> None:
    assert silence(seen=OWN.model_copy(update=fields)) is SilenceRuling.OVERTAKEN
    assert escalation(seen=OWN.model_copy(update=fields)) is SilenceRuling.OVERTAKEN


def test_a_default_in_another_mode_is_overtaken() -> None:
    assert silence(mode=DefaultMode.REFUSAL) is SilenceRuling.OVERTAKEN


def test_where_the_window_knows_of_no_default_there_is_none() -> None:
    own = deadline(start("03-02"), default=DefaultMode.NONE)
    assert silence(own=own, seen=OWN) is SilenceRuling.OVERTAKEN


def test_an_excluded_matter_has_no_default_though_a_monitor_says_so() -> None:
    own = deadline(start("03-02"), exclusions=(Exclusion.LIFE_SAFETY,))
    assert silence(own=own) is SilenceRuling.OVERTAKEN


@both
@pytest.mark.parametrize("due_at", [end("03-06"), at("2020-03-09")])
def test_what_reckons_another_end_is_overtaken(said: Any, due_at: datetime) -> None:
    assert said(due_at=due_at) is SilenceRuling.OVERTAKEN


@both
@pytest.mark.parametrize("signed_at", [at("03-02", "09:01"), DUE])
def test_what_was_signed_before_the_end_is_too_early_whenever_the_window_reads_it(said: Any, signed_at: Any) -> None:
    assert said(signed_at=signed_at) is SilenceRuling.TOO_EARLY


def test_an_escalation_takes_effect_after_the_end_where_no_default_is_provided_too() -> None:
    assert escalation() is SilenceRuling.EFFECTIVE
    assert escalation(own=deadline(start("03-02"), default=DefaultMode.NONE, default_basis=())) is (
        SilenceRuling.EFFECTIVE
    )


def test_an_escalation_without_the_state_that_it_was_made_on_is_overtaken() -> None:
    body = Escalation(
        case_number="C-1", department="c.transport", consultation_id=ID, due_at=DUE, obstacles=("no default",)
    )
    part = Part("c.transport", PartState.SIGNED)
    ruling = rule_on_escalation(
        CaseState.OPEN, part, OWN, body, project(OWN, CALENDAR), LATE, LATE.latest
    )  # fmt: skip
    assert ruling is SilenceRuling.OVERTAKEN


def test_an_escalation_that_carries_another_deadlines_state_is_refused_by_its_schema() -> None:
    with pytest.raises(ValueError, match="another deadline"):
        Escalation(
            case_number="C-2", department="c.transport", consultation_id=ID, due_at=DUE, obstacles=("x",), state=OWN
        )


@pytest.mark.parametrize(
    ("case", "state", "ruling"),
    [
        (CaseState.OPEN, PartState.ANSWERED, SilenceRuling.ANSWERED),
        (CaseState.OPEN, PartState.DEEMED, SilenceRuling.CLOSED),
        (CaseState.OPEN, PartState.PLANNED, SilenceRuling.CLOSED),
        (CaseState.OPEN, PartState.MOOT, SilenceRuling.CLOSED),
        (CaseState.OPEN, PartState.ESCALATED, SilenceRuling.CLOSED),
        (CaseState.DECIDED, PartState.SIGNED, SilenceRuling.CLOSED),
        (CaseState.OPEN, PartState.ISSUED, SilenceRuling.EFFECTIVE),
    ],
)
def test_an_escalation_concerns_only_a_department_that_is_still_asked(
    case: CaseState, state: PartState, ruling: SilenceRuling
) -> None:
    assert escalation(case=case, state=state) is ruling


@pytest.mark.parametrize("reminders", [(), (reminder("03-10"),), (reminder("03-05", proof=None),)])
def test_without_a_proved_reminder_before_the_end_silence_does_not_count(reminders: tuple[Any, ...]) -> None:
    assert silence(reminders=reminders) is SilenceRuling.OVERTAKEN


@pytest.mark.parametrize("own", [deadline(start("03-02"), stop("03-04")), deadline(), deadline(start("2031-03-03"))])
@both
def test_a_term_that_is_stopped_not_begun_or_provisional_is_not_due(said: Any, own: Any) -> None:
    assert said(own=own) is SilenceRuling.NOT_DUE


@both
def test_what_may_have_arrived_by_the_end_is_too_early(said: Any) -> None:
    assert said(arrival=exactly(DUE)) is SilenceRuling.TOO_EARLY
    assert said(arrival=exactly(at("03-09"))) is SilenceRuling.TOO_EARLY
    assert said(arrival=between(at("03-09"), at("03-10", "00:01"))) is SilenceRuling.TOO_EARLY
    assert said(arrival=between(at("03-10", "00:01"), at("03-10", "00:02"))) is SilenceRuling.EFFECTIVE


@both
def test_an_effect_delay_keeps_silence_from_taking_effect_until_it_is_over(said: Any) -> None:
    own = deadline(start("03-02"), effect_delay_days=3)  # due on 9; 10 11 12
    over = at("03-13", "00:01")
    assert said(own=own, arrival=exactly(end("03-12")), signed_at=over) is SilenceRuling.TOO_EARLY
    assert said(own=own, arrival=exactly(over), signed_at=over) is SilenceRuling.EFFECTIVE


def test_the_same_instant_in_another_zone_is_the_same_ledger() -> None:
    seen = deadline(start("03-02").model_copy(update={"at": at("03-02").astimezone(UTC)}))
    assert silence(seen=seen) is SilenceRuling.EFFECTIVE


def test_only_what_leaves_the_term_running_is_told_to_the_monitor_again() -> None:
    assert {SilenceRuling.OVERTAKEN, SilenceRuling.TOO_EARLY, SilenceRuling.NOT_DUE} == AGAIN
