"""When a monitor's default takes effect: five days from Monday 2 March 2026, due at the end of Monday 9 March."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from exchange.approval.rules.arbiter import AGAIN, DeemedRuling, rule_on_deemed
from exchange.approval.rules.deadline import project
from exchange.approval.rules.states import CaseState, PartState
from exchange.messaging.rules.arrival_time import Arrival
from exchange.schemas import DefaultMode, Exclusion, StartRule
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
    **fields: Any,
) -> DeemedRuling:
    deemed = deemed_on(own if seen is None else seen, due_at, *reminders, **fields)
    part = Part("c.transport", state, late_opinion_id=late)
    return rule_on_deemed(case, part, own, deemed, project(own, CALENDAR), arrival)


def test_silence_after_the_end_takes_effect() -> None:
    assert silence() is DeemedRuling.EFFECTIVE


def test_revision_and_evidence_may_have_changed_since_without_changing_what_it_rests_on() -> None:
    seen = OWN.model_copy(update={"revision": 7, "evidence": None})
    assert silence(seen=seen) is DeemedRuling.EFFECTIVE


def test_a_late_opinion_on_record_does_not_keep_silence_from_taking_effect() -> None:
    assert silence(late=ID) is DeemedRuling.EFFECTIVE


def test_an_answer_on_record_makes_it_moot() -> None:
    assert silence(state=PartState.ANSWERED) is DeemedRuling.ANSWERED
    assert silence(state=PartState.ANSWERED, case=CaseState.DECIDED) is DeemedRuling.ANSWERED


@pytest.mark.parametrize(
    ("case", "state"),
    [
        (CaseState.OPEN, PartState.DEEMED),
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
    assert silence(case=case, state=state) is DeemedRuling.CLOSED


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
def test_a_default_on_another_state_than_the_windows_is_overtaken(fields: dict[str, Any]) -> None:
    assert silence(seen=OWN.model_copy(update=fields)) is DeemedRuling.OVERTAKEN


def test_a_default_in_another_mode_is_overtaken() -> None:
    assert silence(mode=DefaultMode.REFUSAL) is DeemedRuling.OVERTAKEN


def test_where_the_window_knows_of_no_default_there_is_none() -> None:
    own = deadline(start("03-02"), default=DefaultMode.NONE)
    assert silence(own=own, seen=OWN) is DeemedRuling.OVERTAKEN


def test_an_excluded_matter_has_no_default_though_a_monitor_says_so() -> None:
    own = deadline(start("03-02"), exclusions=(Exclusion.LIFE_SAFETY,))
    assert silence(own=own) is DeemedRuling.OVERTAKEN


def test_a_default_that_reckons_another_end_is_overtaken() -> None:
    assert silence(due_at=end("03-06")) is DeemedRuling.OVERTAKEN


@pytest.mark.parametrize("reminders", [(), (reminder("03-10"),)])
def test_without_a_reminder_before_the_end_silence_does_not_count(reminders: tuple[Any, ...]) -> None:
    assert silence(reminders=reminders) is DeemedRuling.OVERTAKEN


@pytest.mark.parametrize("own", [deadline(start("03-02"), stop("03-04")), deadline(), deadline(start("2031-03-03"))])
def test_a_term_that_is_stopped_not_begun_or_provisional_is_not_due(own: Any) -> None:
    assert silence(own=own) is DeemedRuling.NOT_DUE


def test_a_default_that_may_have_arrived_by_the_end_is_too_early() -> None:
    assert silence(arrival=exactly(DUE)) is DeemedRuling.TOO_EARLY
    assert silence(arrival=exactly(at("03-09"))) is DeemedRuling.TOO_EARLY
    assert silence(arrival=between(at("03-09"), at("03-10", "00:01"))) is DeemedRuling.EFFECTIVE


def test_an_effect_delay_keeps_silence_from_taking_effect_until_it_is_over() -> None:
    own = deadline(start("03-02"), effect_delay_days=3)  # due on 9; 10 11 12
    assert silence(own=own, arrival=exactly(end("03-12"))) is DeemedRuling.TOO_EARLY
    assert silence(own=own, arrival=exactly(at("03-13", "00:01"))) is DeemedRuling.EFFECTIVE


def test_the_same_instant_in_another_zone_is_the_same_ledger() -> None:
    seen = deadline(start("03-02").model_copy(update={"at": at("03-02").astimezone(UTC)}))
    assert silence(seen=seen) is DeemedRuling.EFFECTIVE


def test_only_what_leaves_the_term_running_is_told_to_the_monitors_again() -> None:
    assert {DeemedRuling.OVERTAKEN, DeemedRuling.TOO_EARLY, DeemedRuling.NOT_DUE} == AGAIN
