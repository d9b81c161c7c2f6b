"""A department recalls its own opinion before the lead decides: its part, and the case, are open again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.approval.department import recalling
from exchange.approval.department.open_desk import OpenDesk
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.records import CaseRow
from exchange.approval.rules.answers import Department
from exchange.approval.rules.states import CaseState, DeskState, PartState
from exchange.approval.window import conclude
from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import Conflict
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.schemas import Completion, EntryKind, OpinionRecall, Outcome, Verdict
from tests.journeys.city import City, make_city

pytestmark = pytest.mark.broker

OBJECTION = {"verdict": Verdict.DISAGREE, "reasons": "消防通道不足", "basis": ("消防法第二十八条",)}


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    """A lead whose rule prepares, and an officer confirms."""
    city = make_city(tmp_path, broker, domain, ("planning", "transport", "police"), rule_decides=False)
    with city.local:
        yield city


def recall(city: City, name: str, case: CaseRow) -> str:
    message_id = recalling.recall(city.node(name), case.number, "officer", "a plan was overlooked")
    city.wake(name)
    city.local.settle()
    return message_id


def sent_by(city: City, name: str, case: CaseRow, opinion_id: str, of: str | None = None) -> str:
    """A recall as a member's own software may send it, whatever its record says; returns the reason of its receipt."""
    with city.node(name).step() as step:
        body = OpinionRecall(
            case_number=case.number, department=city.address(of or name), opinion_id=opinion_id, reasons="r",
            officer="o", at=step.now,
        )  # fmt: skip
        message_id = step.send(body, (city.address("window"),), conversation_id=case.conversation_id)
    city.wake(name)
    city.local.settle()
    with city.node(name).store.reading() as tx:
        (copy,) = tx[Outbox].rows(message_id)
    assert copy.state is OutboxState.RETURNED
    return copy.last_error or ""


def on_desk(city: City, name: str, case: CaseRow) -> DeskState:
    with city.node(name).store.reading() as tx:
        row = tx[DepartmentDesk].get(case.number)
    assert row is not None
    return row.state


def events(city: City, case: CaseRow) -> list[str]:
    with city.window.store.reading() as tx:
        return [entry.event for entry in tx.journal_of(case.number)]


def test_a_recalled_opinion_never_counts_and_the_time_is_what_was_left(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport", silent=True))
    case = city.submit()
    city.reply("planning", case)
    given = city.reply("transport", case)
    due = city.part(case, "transport").due_at
    assert city.case(case).state is CaseState.READY
    assert city.case(case).prepared is not None

    city.step_to(city.clock.now() + timedelta(hours=3))
    by = recall(city, "transport", case)

    part = city.part(case, "transport")
    assert (part.state, part.due_at, part.verdict, part.opinion_id) == (PartState.SIGNED, due, None, None)
    assert (part.recalled_id, part.recall_id) == (given, by)
    assert (city.case(case).state, city.case(case).prepared) == (CaseState.OPEN, None)
    assert on_desk(city, "transport", case) is DeskState.WAITING
    assert sent_by(city, "transport", case, given).startswith("already-recalled: ")
    rule = OpenDesk(city.node("transport"), lambda asked, today: Department(city.address("transport"), "r").agree(
        asked, today
    ))  # fmt: skip
    assert rule.look() == 0, "what an officer has recalled is an officer's to answer"

    city.reply("transport", case, **OBJECTION)

    assert city.part(case, "transport").verdict is Verdict.DISAGREE
    assert city.case(case).state is CaseState.READY
    assert Outcome.REFUSE.value in (city.case(case).prepared or ""), "the lead's rule was asked again"
    recall(city, "transport", case)
    city.through(4)
    assert city.part(case, "transport").state is PartState.DEEMED, "silent, reminded, signed for: as anybody"
    late = city.reply("transport", case)
    assert sent_by(city, "transport", case, late).startswith("no-opinion: your silence has had its effect")


def test_recalled_after_the_end_the_part_is_the_leads_and_after_the_decision_nothing_is_recalled(city: City) -> None:
    city.matter(city.approver("planning", days=9), city.approver("transport", silent=True))
    case = city.submit()
    given = city.reply("transport", case)
    assert sent_by(city, "planning", case, given, of="transport").startswith("not-yours: ")
    assert sent_by(city, "planning", case, given).startswith("no-opinion: ")
    city.through(4)

    recall(city, "transport", case)

    assert city.part(case, "transport").state is PartState.ESCALATED
    city.through(2)
    assert city.part(case, "transport").state is PartState.ESCALATED
    again = city.reply("transport", case, **OBJECTION)
    planning = city.reply("planning", case)
    assert city.case(case).state is CaseState.READY

    conclude.confirm(city.window, case.number, "director")
    raced = sent_by(city, "transport", case, again)
    assert raced.startswith("case-closed: the lead has decided")
    with pytest.raises(Conflict, match="the lead has decided"):
        recalling.recall(city.node("planning"), case.number, "officer", "too late")
    assert city.part(case, "planning").opinion_id == planning
    assert events(city, case).count("recall-refused") == 3
    assert events(city, case).count("opinion-recalled") == 1


def test_whom_nobody_needed_any_more_is_asked_anew_once_the_quorum_is_gone(city: City) -> None:
    city.matter(
        city.approver("planning"), city.approver("transport", silent=True), city.approver("police", stage=2),
        completion=Completion.QUORUM, quorum=1,
    )  # fmt: skip
    case = city.submit()
    asked = city.part(case, "transport").consultation_id
    city.reply("planning", case)
    assert city.part(case, "transport").state is PartState.MOOT
    assert on_desk(city, "transport", case) is DeskState.CLOSED
    city.clock.step_to(city.clock.now() + timedelta(days=2))

    recall(city, "planning", case)

    part = city.part(case, "transport")
    assert part.state is PartState.SIGNED
    assert part.consultation_id != asked
    assert part.due_at is not None
    assert part.due_at > (city.part(case, "planning").due_at or part.due_at), "a new request has its whole term"
    assert city.part(case, "police").state is PartState.PLANNED
    assert on_desk(city, "transport", case) is DeskState.WAITING
    city.reply("transport", case)
    assert city.case(case).state is CaseState.READY


def test_a_result_that_is_recalled_holds_up_who_waited_for_it_until_the_next_is_in(city: City) -> None:
    city.matter(
        city.approver("planning", days=9), city.approver("transport", silent=True, after=(city.address("planning"),))
    )
    case = city.submit()
    city.reply("planning", case)
    first = city.part(case, "transport")
    recall(city, "planning", case)
    city.through(5)
    assert city.part(case, "transport").state is PartState.ESCALATED, "silence on a result that does not stand"

    other = city.submit()
    city.reply("planning", other)
    cleared = city.part(other, "transport")
    recall(city, "planning", other)
    city.clock.step_to(city.clock.now() + timedelta(days=3))
    city.reply("planning", other, Verdict.DISAGREE, reasons="r", basis=("b",))
    part = city.part(other, "transport")
    assert first.clearance_id != cleared.clearance_id != part.clearance_id
    assert part.due_at is not None
    assert part.due_at > (cleared.due_at or part.due_at)
    with city.window.store.reading() as tx:
        ledger = tx[Cases].ledger(other.number, city.address("transport"))
    assert [entry.kind for entry in ledger] == [EntryKind.START, EntryKind.RESTART, EntryKind.START]
    assert ledger[1].notice == part.clearance_id
