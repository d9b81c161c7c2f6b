"""When the lead is reminded of its own terms: known days, moved by what moves the term, once a share of an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from exchange.approval.clocks.records import ClockRow
from exchange.approval.records import CaseRow
from exchange.approval.rules.clock.dates import CaseLedgers, case_dates
from exchange.approval.rules.clock.reminding import (
    ClockPoint,
    PointsLooked,
    first_looked_at,
    look_at_points,
    reminder_stands,
)
from exchange.approval.rules.clock.watching import CaseClock
from exchange.approval.rules.lead import LeadTask, what_waits
from exchange.approval.rules.states import CaseState
from exchange.schemas import LedgerEntry, Outcome
from tests.unit.facts import CALENDAR, ID, at, end, extend, matter, stop

MOMENT, NONE = timedelta(microseconds=1), ClockRow("C-1")
TEN: dict[str, Any] = {"decision_days": 10}
"""From Monday, 2 March: the fifth of ten working days is the 9th, the ninth the 13th, and it is over on the 16th."""


def nine(day: str) -> datetime:
    return end(day) - timedelta(hours=15)


def case(opened: str = "03-02", state: CaseState = CaseState.OPEN, **fields: Any) -> CaseRow:
    return CaseRow("C-1", "works", "1", state, 1, b"{}", "热电公司", "管道", ID, at(opened), **fields)


def looked(
    found: CaseRow, now: datetime, record: ClockRow = NONE, own: tuple[LedgerEntry, ...] = (), **fields: Any
) -> PointsLooked:
    what = matter(**(fields or TEN))
    return look_at_points(found, what, case_dates(found, what, CaseLedgers(own), CALENDAR), record, now, CALENDAR)


def stage(*given: Any, **more: Any) -> int | None:
    point = looked(*given, **more).point
    return point.stage if point is not None else None


def reminded(of: int, when: datetime, due_at: datetime) -> ClockRow:
    return replace(NONE, reminded_at=when, reminded_stage=of, reminded_due_at=due_at)


def test_the_lead_is_reminded_when_half_and_nine_tenths_of_its_working_days_have_come_and_not_before() -> None:
    assert stage(case(), nine("03-09") - MOMENT) is None
    assert looked(case(), nine("03-09")).point == ClockPoint(CaseClock.DECISION, 50, end("03-16"))
    once = reminded(50, nine("03-09"), end("03-16"))
    assert stage(case(), nine("03-13") - MOMENT, once) is None
    assert stage(case(), nine("03-13"), once) == 90
    assert stage(case(), nine("03-13"), reminded(90, nine("03-13"), end("03-16"))) is None
    assert stage(case(), end("03-16")) == 90, "what was missed collapses into the latest"
    assert looked(case(), end("03-16") + MOMENT) == PointsLooked(None, None), "what is over is told by name"


def test_what_moves_the_term_moves_its_points_and_another_end_has_its_own() -> None:
    stopped, longer = (stop("03-03", 5),), (extend("03-12", 10),)
    assert stage(case(), nine("03-17") - MOMENT, NONE, stopped) is None
    assert stage(case(), nine("03-17"), NONE, stopped) == 50
    before = reminded(90, nine("03-13"), end("03-16"))
    assert stage(case(), nine("03-16") - MOMENT, before, longer) is None
    assert stage(case(), nine("03-16"), before, longer) == 50, "half of the longer term comes after the former reminder"
    assert stage(case(), nine("03-16"), reminded(50, nine("03-16"), end("03-16")), longer) is None, "heard since then"
    assert stage(case(), nine("03-26"), reminded(50, nine("03-16"), end("03-30")), longer) == 90
    assert stage(case(), nine("03-26"), reminded(90, nine("03-26"), end("03-16")), longer) == 90, "of the new end, too"


def test_nobody_is_reminded_on_a_day_off_of_what_is_provisional_or_of_a_case_that_is_withdrawn() -> None:
    saturday = at("03-14")
    assert looked(case(), saturday) == PointsLooked(None, end("03-14"))
    assert stage(case(), at("03-16")) == 90
    beyond = case("2026-11-23")
    assert looked(beyond, at("2026-12-30"), decision_days=45) == PointsLooked(None, end("2026-12-30"))
    assert looked(case(state=CaseState.WITHDRAWN), nine("03-13")) == PointsLooked(None, None)


def test_it_is_reminded_of_the_delivery_of_what_is_granted_until_that_is_on_record() -> None:
    granted = case(state=CaseState.DECIDED, decided_at=at("03-05"), outcome=Outcome.GRANT.value)
    assert looked(granted, at("03-05")) == PointsLooked(None, nine("03-12"))
    assert looked(granted, nine("03-12")).point == ClockPoint(CaseClock.DELIVERY, 50, end("03-19"))
    once = replace(NONE, delivery_reminded_at=nine("03-12"), delivery_reminded_stage=50)
    assert looked(granted, nine("03-12"), once) == PointsLooked(None, nine("03-18"))
    assert stage(granted, nine("03-18"), once) == 90
    assert looked(granted, nine("03-18"), replace(once, delivered_at=at("03-17"))) == PointsLooked(None, None)
    assert looked(replace(granted, outcome=Outcome.REFUSE.value), nine("03-18")) == PointsLooked(None, None)
    assert looked(granted, at("03-14")) == PointsLooked(None, end("03-14"))
    assert looked(granted, end("03-19") + MOMENT) == PointsLooked(None, None)


@pytest.mark.parametrize(
    ("fields", "first"),
    [
        ({"decision_days": 4}, nine("03-04")),
        ({"decision_days": 45}, nine("03-07")),  # what is decided today is half over in delivery then
        ({"decision_days": 45, "promised_days": 3}, end("03-05")),
    ],
)
def test_a_case_is_looked_at_no_later_than_its_first_point_can_fall(fields: dict[str, Any], first: datetime) -> None:
    assert first_looked_at(case(), matter(**fields)) == first


def test_what_the_lead_is_reminded_of_waits_for_it_while_that_end_stands_and_nothing_else_is_to_be_done() -> None:
    since = nine("03-09")
    record, dates = reminded(50, since, end("03-16")), case_dates(case(), matter(**TEN), CaseLedgers(), CALENDAR)
    assert reminder_stands(case(), dates, record) == since
    assert reminder_stands(case(), replace(dates, decide_by=end("03-20")), record) is None
    delivery = replace(record, delivery_reminded_at=at("03-12"))
    assert reminder_stands(case(state=CaseState.DECIDED), dates, delivery) == at("03-12")
    assert reminder_stands(case(state=CaseState.DECIDED), dates, replace(delivery, delivered_at=since)) is None
    assert reminder_stands(case(state=CaseState.WITHDRAWN), dates, delivery) is None

    def task(state: CaseState, clock: ClockRow = NONE) -> LeadTask | None:
        waits = what_waits(case(state=state), (), at("03-12"), (), clock, None, since)
        return waits.task if waits is not None else None

    assert task(CaseState.OPEN) is LeadTask.NEAR
    assert task(CaseState.DECIDED) is LeadTask.DELIVER_SOON
    assert task(CaseState.READY) is LeadTask.DECIDE
    assert task(CaseState.WITHDRAWN) is None
    assert task(CaseState.OPEN, replace(NONE, overrun_at=since)) is LeadTask.OVERRUN
