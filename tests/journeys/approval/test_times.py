"""What is dated before it can be goes back; a decision against a department's own record is contested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from exchange.approval.department import desk
from exchange.approval.department.open_desk import OpenDesk
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.records import CaseRow
from exchange.approval.rules.lead import LeadTask
from exchange.approval.rules.states import CaseState, DeskState, PartState
from exchange.approval.window.after.reviewing import review
from exchange.approval.window.lead_duties import lead_duties
from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import SteppedClock
from exchange.errors import ClockBehind
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.schemas import (
    Considered,
    Consultation,
    Decision,
    Opinion,
    Outcome,
    Protest,
    ProtestGround,
    Standing,
    Verdict,
)
from tests.journeys.city import City, make_city


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        yield city


def silent(city: City) -> Considered:
    return Considered(department=city.address("planning"), standing=Standing.DEEMED)


def decide(city: City, case: CaseRow, said: Considered, before: timedelta = timedelta()) -> str:
    """A window that says of a department what is not so, perhaps with a date of its choosing."""
    considered = (said,)
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

    backdated = decide(city, case, silent(city), before=timedelta(days=1))
    assert returned(city, "window", backdated).startswith("implausible-time: the decision is dated")
    with city.node("planning").store.reading() as tx:
        row = tx[DepartmentDesk].get(case.number)
    assert row is not None
    assert row.state is DeskState.WAITING

    slow = replace(city.node("planning"), clock=SteppedClock(city.clock.now() - timedelta(hours=2)))
    opinion = city.opinion("planning", case)
    with pytest.raises(ClockBehind):
        desk.reply(slow, opinion)
    with slow.step() as step:  # whoever does not look at its clock
        early = step.send(opinion, (city.address("window"),), conversation_id=case.conversation_id)
    city.wake("planning")
    city.local.settle()
    assert returned(city, "planning", early).startswith("implausible-time: the opinion is dated")

    other = city.submit()
    decide(city, other, silent(city))
    with city.window.store.reading() as tx:
        part = tx[Cases].part(other.number, city.address("planning"))
        found = lead_duties(tx, city.window.calendar, city.clock.now())
        duties = [one for one in found if one.case_number == other.number]
    assert part is not None
    assert part.state is not PartState.DEEMED
    assert (part.contested, part.protest_ground) == (True, ProtestGround.TIME_RUNNING)
    assert [(one.task, one.departments) for one in duties] == [(LeadTask.REVIEW, (city.address("planning"),))]


def test_who_answers_by_a_clock_that_went_back_waits_until_it_is_right(city: City) -> None:
    city.matter(city.approver("planning", days=3))
    case = city.submit()
    answers: list[str] = []

    def rule(asked: Consultation, today: date) -> Opinion:
        answers.append(asked.case_number)
        return city.opinion("planning", case)

    clock = SteppedClock(city.clock.now() - timedelta(hours=2))
    department = OpenDesk(replace(city.node("planning"), clock=clock), rule)
    assert department.look() == 0
    assert answers == []
    clock.step_to(city.clock.now())
    assert department.look() == 1
    city.wake("planning")
    city.local.settle()
    with city.window.store.reading() as tx:
        part = tx[Cases].part(case.number, city.address("planning"))
    assert part is not None
    assert part.state is PartState.ANSWERED


@pytest.mark.parametrize("said", ["passed by", "invented", "turned round"])
def test_an_opinion_that_the_department_did_not_give_is_contested(city: City, said: str) -> None:
    city.matter(city.approver("planning", days=3), city.approver("transport", days=3))
    case = city.submit()
    given = city.window.new_id()
    if said == "turned round":
        given = city.reply("planning", case, Verdict.DISAGREE, reasons="too tall", basis=("a law",))
    whose = city.address("transport" if said == "passed by" else "planning")
    decide(
        city, case,
        Considered(department=whose, standing=Standing.ANSWERED, verdict=Verdict.AGREE, message_id=given),
    )  # fmt: skip
    with city.window.store.reading() as tx:
        part = tx[Cases].part(case.number, city.address("planning"))
    assert part is not None
    ground = ProtestGround.OTHER_OPINION if said == "turned round" else ProtestGround.TIME_RUNNING
    assert (part.contested, part.protest_ground) == (True, ground)


def test_a_protest_that_is_repeated_after_the_review_opens_no_further_one(city: City) -> None:
    city.matter(city.approver("planning", days=3))
    case = city.submit()
    decision = decide(city, case, silent(city))
    review(city.window, case.number, "officer", "it stands")
    with city.node("planning").step() as step:
        protest = Protest(
            case_number=case.number, department=city.address("planning"), contested=decision,
            ground=ProtestGround.TIME_RUNNING, at=step.now,
        )  # fmt: skip
        again = step.send(protest, (city.address("window"),))
    city.wake("planning")
    city.local.settle()
    with city.node("planning").store.reading() as tx:
        (copy,) = tx[Outbox].rows(again)
    with city.window.store.reading() as tx:
        part = tx[Cases].part(case.number, city.address("planning"))
    assert copy.state is OutboxState.DELIVERED
    assert part is not None
    assert part.protest_id is not None
    assert part.review_at is None
