"""What is dated before it can be goes back; a decision against a department's own record is contested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.approval.department import desk
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.records import CaseRow
from exchange.approval.rules.lead import LeadTask
from exchange.approval.rules.states import CaseState, DeskState, PartState
from exchange.approval.window.lead_duties import lead_duties
from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import SteppedClock
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.schemas import Considered, Decision, Outcome, ProtestGround, Standing
from tests.journeys.city import City, make_city


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        yield city


def decide(city: City, case: CaseRow, before: timedelta = timedelta()) -> str:
    """A window that decides over a silence that there was not, perhaps with a date of its choosing."""
    considered = (Considered(department=city.address("planning"), standing=Standing.DEEMED),)
    with city.window.step() as step:
        decision = Decision(
            case_number=case.number, matter=case.matter, lead=city.address("window"), outcome=Outcome.GRANT,
            reasons="silence", basis=("b",), considered=considered, officer="o", decided_at=step.now - before,
        )  # fmt: skip
        message_id = step.send(decision, (city.address("planning"),), conversation_id=case.conversation_id)
        if not before:
            step.tx[Cases].move(case.number, {CaseState.OPEN}, CaseState.READY, ready_at=step.now)
            step.tx[Cases].move(case.number, {CaseState.READY}, CaseState.DECIDED, decided_at=step.now)
    city.wake("window")
    city.local.settle()
    return message_id


def returned(city: City, name: str, message_id: str) -> str:
    with city.node(name).store.reading() as tx:
        (copy,) = tx[Outbox].rows(message_id)
    assert copy.state is OutboxState.RETURNED
    return copy.last_error or ""


def test_impossible_dates_go_back_and_a_wrong_decision_is_contested(city: City) -> None:
    city.matter(city.approver("planning", days=3, silent=True))
    case = city.submit()

    backdated = decide(city, case, before=timedelta(days=1))
    assert returned(city, "window", backdated).startswith("implausible-time: the decision is dated")
    with city.node("planning").store.reading() as tx:
        row = tx[DepartmentDesk].get(case.number)
    assert row is not None
    assert row.state is DeskState.WAITING

    slow = replace(city.node("planning"), clock=SteppedClock(city.clock.now() - timedelta(hours=2)))
    early = desk.reply(slow, city.opinion("planning", case))
    city.wake("planning")
    city.local.settle()
    assert returned(city, "planning", early).startswith("implausible-time: the opinion is dated")

    other = city.submit()
    decide(city, other)
    with city.window.store.reading() as tx:
        part = tx[Cases].part(other.number, city.address("planning"))
        found = lead_duties(tx, city.window.calendar, city.clock.now())
        duties = [one for one in found if one.case_number == other.number]
    assert part is not None
    assert part.state is not PartState.DEEMED
    assert (part.contested, part.protest_ground) == (True, ProtestGround.TIME_RUNNING)
    assert [(one.task, one.departments) for one in duties] == [(LeadTask.REVIEW, (city.address("planning"),))]
