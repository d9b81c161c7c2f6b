"""An opinion and a default race: a term of five days from Monday 2 March 2026, due at the end of Monday 9 March."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from exchange.approval.rules.arbiter import OpinionRuling, rule_on_ending, rule_on_opinion
from exchange.approval.rules.states import BY_SILENCE, CaseState, PartState
from exchange.approval.rules.stops import stopped_at
from exchange.errors import Returned
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.schemas import DefaultMode, LedgerEntry, Opinion, ProcedureKind, SpecialProcedure, Verdict
from tests.unit.facts import (
    CALENDAR,
    ID,
    Part,
    at,
    between,
    end,
    exactly,
    opinion,
    restart,
    resume,
    start,
    stop,
)

DUE = end("03-09")
IN_TIME = exactly(at("03-09", "23:59"))
LATE = exactly(at("03-10", "00:01"))
HEARING = opinion(Verdict.SPECIAL_PROCEDURE, procedure=SpecialProcedure(kind=ProcedureKind.HEARING, days=5))
DISAGREE = opinion(Verdict.DISAGREE, reasons="车流量过大", basis=("道路交通安全法第三十二条",))


def ruled(
    arrival: Arrival = IN_TIME,
    state: PartState = PartState.SIGNED,
    given: Opinion | None = None,
    case: CaseState = CaseState.OPEN,
    *,
    due_at: datetime | None = DUE,
    default: DefaultMode = DefaultMode.CONSENT,
    entries: tuple[LedgerEntry, ...] = (),
    waiting: bool = False,
    late: str | None = None,
) -> OpinionRuling:
    part = Part("c.transport", state, late_opinion_id=late)
    own = stopped_at(entries, CALENDAR, part.department, arrival.latest, by=part.department)
    return rule_on_opinion(case, part, given or opinion(), arrival, due_at, default, own, waiting)


def returned(code: str, *args: Any, **fields: Any) -> bool:
    with pytest.raises(Returned) as error:
        ruled(*args, **fields)
    assert error.value.remedy
    return error.value.code == code


def test_what_arrives_by_the_last_moment_is_in_time_and_a_microsecond_after_it_is_late() -> None:
    assert ruled(exactly(DUE)) is OpinionRuling.TAKE
    assert ruled(exactly(DUE + timedelta(microseconds=1))) is OpinionRuling.LATE


@pytest.mark.parametrize("state", [PartState.ISSUED, PartState.SIGNED])
def test_an_opinion_is_taken_whether_or_not_its_request_was_signed_for(state: PartState) -> None:
    assert ruled(IN_TIME, state) is OpinionRuling.TAKE


def test_before_the_term_begins_every_opinion_is_in_time() -> None:
    assert ruled(LATE, due_at=None) is OpinionRuling.TAKE


def test_doubt_about_the_arrival_favours_the_department() -> None:
    assert ruled(between(at("03-09"), at("03-11"))) is OpinionRuling.TAKE
    assert ruled(between(at("03-10", "00:01"), at("03-11"))) is OpinionRuling.LATE


def test_a_disagreement_is_ruled_on_as_any_other_opinion() -> None:
    assert ruled(IN_TIME, given=DISAGREE) is OpinionRuling.TAKE
    assert ruled(LATE, given=DISAGREE) is OpinionRuling.LATE


def test_where_silence_has_no_consequence_a_late_opinion_still_counts() -> None:
    assert ruled(LATE, default=DefaultMode.NONE) is OpinionRuling.TAKE


def test_where_silence_refuses_a_late_opinion_is_kept_as_late() -> None:
    assert ruled(LATE, default=DefaultMode.REFUSAL) is OpinionRuling.LATE


@pytest.mark.parametrize("state", sorted(BY_SILENCE))
def test_after_the_default_an_opinion_is_kept_as_late_unless_the_broker_itself_has_stamped_it_in_time(
    state: PartState,
) -> None:
    assert ruled(LATE, state) is OpinionRuling.LATE
    assert ruled(replace(IN_TIME, source=ArrivalSource.OWN), state) is OpinionRuling.LATE
    assert ruled(LATE, state, case=CaseState.DECIDED) is OpinionRuling.LATE
    assert ruled(STAMPED_IN_TIME, state) is OpinionRuling.OVERTURN


@pytest.mark.parametrize("case", [CaseState.READY, CaseState.DECIDED, CaseState.WITHDRAWN])
def test_a_late_opinion_is_kept_even_when_the_case_is_over(case: CaseState) -> None:
    assert ruled(LATE, PartState.DEEMED, case=case) is OpinionRuling.LATE


STAMPED_IN_TIME = Arrival(DUE, DUE, ArrivalSource.BROKER)


@pytest.mark.parametrize("case", [CaseState.OPEN, CaseState.READY])
def test_an_opinion_that_the_broker_stamped_in_time_overturns_a_default_that_was_delivered_before_it(
    case: CaseState,
) -> None:
    assert ruled(STAMPED_IN_TIME, PartState.DEEMED, case=case) is OpinionRuling.OVERTURN
    later = Arrival(DUE + timedelta(seconds=1), DUE + timedelta(seconds=1), ArrivalSource.BROKER)
    assert ruled(later, PartState.DEEMED, case=case) is OpinionRuling.LATE


@pytest.mark.parametrize("case", [CaseState.DECIDED, CaseState.WITHDRAWN])
def test_a_case_that_is_closed_is_not_opened_again_by_a_stamp(case: CaseState) -> None:
    assert ruled(STAMPED_IN_TIME, PartState.DEEMED, case=case) is OpinionRuling.LATE


def test_one_late_opinion_is_kept_and_no_more() -> None:
    assert returned("already-answered", LATE, PartState.DEEMED, late=ID)
    assert returned("already-answered", LATE, late=ID)


def test_an_escalated_department_may_still_answer() -> None:
    assert ruled(LATE, PartState.ESCALATED) is OpinionRuling.TAKE


def test_an_opinion_is_given_once() -> None:
    assert returned("already-answered", IN_TIME, PartState.ANSWERED)


def test_a_case_that_needs_no_opinion_takes_none() -> None:
    assert returned("case-closed", IN_TIME, PartState.MOOT)
    assert returned("case-closed", IN_TIME, PartState.SIGNED, case=CaseState.DECIDED)
    assert returned("case-closed", IN_TIME, PartState.ESCALATED, case=CaseState.WITHDRAWN)


def test_a_department_whose_stage_has_not_begun_was_not_asked() -> None:
    assert returned("not-consulted", IN_TIME, PartState.PLANNED)


def test_who_waits_for_anothers_result_answers_when_it_is_in() -> None:
    assert returned("premature", IN_TIME, waiting=True)
    assert ruled(IN_TIME, given=HEARING, waiting=True) is OpinionRuling.STOP_CLOCK


# --- special procedures -----------------------------------------------------------------------------------------------


def test_a_special_procedure_in_time_stops_the_clock() -> None:
    assert ruled(IN_TIME, given=HEARING) is OpinionRuling.STOP_CLOCK


@pytest.mark.parametrize(
    ("arrival", "state"),
    [(LATE, PartState.SIGNED), (IN_TIME, PartState.DEEMED), (IN_TIME, PartState.ESCALATED)],
)
def test_a_term_that_is_over_cannot_be_stopped(arrival: Arrival, state: PartState) -> None:
    assert returned("too-late", arrival, state, given=HEARING)


@pytest.mark.parametrize(("days", "says"), [(5, "until the end of 2026-03-11"), (None, "already")])
def test_one_procedure_of_a_department_stops_the_clock_at_a_time_and_it_is_told_until_when(
    days: int | None, says: str
) -> None:
    mine = stop("03-04", days, actor="c.transport")
    with pytest.raises(Returned, match=says) as refused:
        ruled(IN_TIME, given=HEARING, entries=(start("03-02"), mine))
    assert refused.value.code == "already-stopped"
    assert "end that procedure" in refused.value.remedy


@pytest.mark.parametrize("moment", [at("03-06", "10:00"), at("03-09", "10:00"), end("03-09")])
def test_on_the_last_day_of_its_procedure_and_once_that_has_ended_a_department_may_announce_another(
    moment: datetime,
) -> None:
    mine = stop("03-03", 3, actor="c.transport")
    entries = (start("03-02"), mine)
    assert ruled(exactly(moment), given=HEARING, due_at=end("03-12"), entries=entries) is OpinionRuling.STOP_CLOCK
    day_before = exactly(at("03-05", "23:00"))
    assert returned("already-stopped", day_before, given=HEARING, due_at=end("03-12"), entries=entries)


def test_a_procedure_is_ended_by_the_department_that_it_stops_the_clock_for() -> None:
    part = Part("c.transport", PartState.SIGNED)
    rule_on_ending(CaseState.OPEN, part, is_standing=True)
    for case, state, standing, code in [
        (CaseState.OPEN, PartState.SIGNED, False, "not-stopped"),
        (CaseState.OPEN, PartState.ESCALATED, True, "not-stopped"),
        (CaseState.OPEN, PartState.DEEMED, True, "not-stopped"),
        (CaseState.OPEN, PartState.ANSWERED, True, "already-answered"),
        (CaseState.WITHDRAWN, PartState.SIGNED, True, "case-closed"),
    ]:
        with pytest.raises(Returned) as refused:
            rule_on_ending(case, Part("c.transport", state), is_standing=standing)
        assert (refused.value.code, bool(refused.value.remedy)) == (code, True)


def test_after_its_procedure_was_lifted_a_department_may_announce_another() -> None:
    mine = stop("03-04", 5, actor="c.transport")
    for lifted in (resume("03-05"), restart("03-05")):
        assert ruled(IN_TIME, given=HEARING, entries=(start("03-02"), mine, lifted)) is OpinionRuling.STOP_CLOCK


def test_anothers_stop_does_not_hinder() -> None:
    assert ruled(IN_TIME, given=HEARING, entries=(start("03-02"), stop("03-04", 5))) is OpinionRuling.STOP_CLOCK
