"""When the lead may press a department by hand: for what it owes, while its term runs, once a working day."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.approval.records import PartRow
from exchange.approval.rules.reminders.chasing import is_late, why_not_chased
from exchange.approval.rules.states import CaseState, PartState
from exchange.workdays import ChinaCalendar
from tests.unit.facts import ID, at, end

CALENDAR = ChinaCalendar()
FRIDAY, SATURDAY, SUNDAY, MONDAY = at("03-06"), at("03-07"), at("03-08"), at("03-09")


def part(state: PartState = PartState.SIGNED, **fields: Any) -> PartRow:
    return PartRow("C-1", "c.fire", 1, state, **{"consultation_id": ID, "due_at": end("03-11"), **fields})


def refused(owing: PartRow, state: CaseState = CaseState.OPEN, now: Any = MONDAY) -> str:
    found = why_not_chased(state, owing, now, CALENDAR)
    return str(found.why) if found is not None else ""


@pytest.mark.parametrize("state", [PartState.ISSUED, PartState.SIGNED, PartState.ESCALATED])
def test_who_owes_an_answer_is_pressed_even_if_it_was_escalated(state: PartState) -> None:
    assert refused(part(state)) == ""


@pytest.mark.parametrize("state", [PartState.ANSWERED, PartState.DEEMED, PartState.MOOT, PartState.PLANNED])
def test_who_owes_none_is_not(state: PartState) -> None:
    assert refused(part(state)) == "c.fire owes no answer"


def test_nobody_is_pressed_in_a_closed_case_nor_while_no_term_runs() -> None:
    assert refused(part(), CaseState.DECIDED) == "the case is decided"
    assert refused(part(due_at=None)) == "the term of c.fire does not run"
    assert refused(part(PartState.ISSUED, due_at=None)) == "", "it is to sign for the request"


def test_it_is_done_once_a_working_day_and_on_a_day_off_for_the_days_off_together() -> None:
    assert refused(part(chased_at=MONDAY)) == "c.fire was reminded by hand already"
    assert refused(part(chased_at=FRIDAY), now=SUNDAY) == "c.fire was reminded by hand already"
    assert refused(part(chased_at=SATURDAY), now=SUNDAY) == "c.fire was reminded by hand already"
    assert refused(part(chased_at=SATURDAY), now=MONDAY) == ""


def test_late_is_who_was_escalated_or_let_its_term_pass() -> None:
    assert is_late(part(PartState.ESCALATED), MONDAY)
    assert is_late(part(due_at=end("03-08")), MONDAY)
    assert not is_late(part(), MONDAY)
    assert not is_late(part(PartState.ANSWERED, due_at=end("03-08")), MONDAY)
