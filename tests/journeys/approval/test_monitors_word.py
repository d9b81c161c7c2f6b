"""A monitor's word is checked like anybody's: what it says of a term has power only where the window's record says so.

Here the monitor lies, or knows less than the window; every message is signed with its own key and comes by the broker.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import term_of
from exchange.approval.records import CaseRow
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window import conclude
from exchange.approval.window.deadlines import Amendment, amend, present_state
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import CST
from exchange.envelope import verify_signed
from exchange.errors import Conflict
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.schemas import (
    Body,
    DeadlineNotice,
    DeadlineState,
    DefaultMode,
    EntryKind,
    Escalation,
    Outcome,
    ProcedureKind,
    Reminder,
)
from tests.journeys.city import City, make_city, midnight_after

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        yield city


def said(city: City, body: Body, *to: str, settle: bool = True) -> str:
    """The monitor signs something and sends it."""
    with city.node("monitor").step() as step:
        message_id = step.send(body, tuple(map(city.address, to or ("window",))))
    city.wake("monitor")
    if settle:
        city.local.settle()
    return message_id


def deadline(city: City, case: CaseRow, name: str = "transport") -> DeadlineState:
    """A department's deadline as the window tells it."""
    with city.window.step() as step:
        state = present_state(step, case.number, city.address(name))
    assert state is not None
    return state


def escalation(state: DeadlineState, due_at: datetime | None, **fields: Any) -> Escalation:
    """What a monitor says of a term that is over."""
    assert due_at is not None
    facts: dict[str, Any] = {
        "case_number": state.case_number, "department": state.department, "consultation_id": state.consultation_id,
        "due_at": due_at, "obstacles": ("no default",), "state": state,
    }  # fmt: skip
    return Escalation(**facts | fields)


def replies(city: City, message_id: str) -> list[DeadlineState]:
    """What the window has answered the monitor."""
    node = city.node("monitor")
    with node.store.reading() as tx:
        stored = tx[Documents].of_conversation(message_id, DeadlineNotice.KIND)
    found = [verify_signed(one.signed, node.directory) for one in stored]
    assert all(one.header.in_reply_to == message_id for one in found)
    return [state for one in found if isinstance(one.body, DeadlineNotice) for state in one.body.deadlines]


def test_an_escalation_signed_early_takes_nothing_from_the_department_and_is_answered(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport"))
    case = city.submit()
    state, due_at = deadline(city, case), city.part(case, "transport").due_at
    city.clock.step_to(city.clock.now() + timedelta(minutes=1))
    early = [
        escalation(state, due_at),
        escalation(state, datetime(2020, 1, 1, tzinfo=CST)),
        escalation(state.model_copy(update={"revision": 99}), due_at),
        escalation(state, due_at).model_copy(update={"state": None}),
        escalation(state.model_copy(update={"ledger": ()}), due_at),
    ]

    ids = [said(city, one) for one in early]

    assert city.part(case, "transport").state is PartState.SIGNED
    with pytest.raises(Conflict):
        conclude.decide(city.window, case.number, conclude.Ruling(Outcome.GRANT, "nobody answers", officer="director"))
    answers = [replies(city, message_id) for message_id in ids]
    assert [len(one) for one in answers] == [1] * len(early)
    assert all(told.status == "running" and told.ledger == state.ledger for (told,) in answers)
    city.through(4)
    assert city.part(case, "transport").state is PartState.ESCALATED, "the honest end of the term still comes"


def test_what_was_signed_early_and_lay_before_an_opinion_in_time_has_no_effect(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport"))
    case = city.submit()
    state, due_at = deadline(city, case), city.part(case, "transport").due_at
    assert due_at is not None
    city.local.stop(city.address("window"))
    message_id = said(city, escalation(state, due_at), settle=False)
    with city.node("monitor").store.reading() as tx:
        assert tx[Documents].find(message_id)
    city.clock.step_to(due_at + timedelta(minutes=1))
    city.local.start(city.address("window"))
    city.local.settle()

    assert city.part(case, "transport").state is PartState.SIGNED, "the term is over, but was not when it was signed"
    assert len(replies(city, message_id)) == 1
    city.step_to(due_at + timedelta(minutes=30))
    assert city.part(case, "transport").state is PartState.ESCALATED


def test_a_clock_stopped_at_a_drained_window_stands_against_the_honest_monitor(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport"))
    case = city.submit()
    due_at = city.part(case, "transport").due_at
    assert due_at is not None
    city.local.stop(city.address("window"))  # as `exchange drain` does: its database is there, nobody serves it
    basis, actor = ("行政许可法第四十五条",), city.address("window")
    hearing = Amendment(EntryKind.STOP, "听证", basis, actor, procedure=ProcedureKind.HEARING)
    amend(city.window, case.number, city.address("transport"), hearing)
    city.step_to(due_at + timedelta(hours=1), settle=False)  # the monitor cannot have heard of it
    city.local.start(city.address("window"))
    city.local.settle()

    assert city.part(case, "transport").state is PartState.SIGNED
    assert city.part(case, "planning").state is PartState.ESCALATED, "whose clock was not stopped"
    with city.window.store.reading() as tx:
        moot = [one for one in tx.journal_of(case.number) if one.event == "escalation-moot"]
    assert [(one.detail["department"], one.detail["why"]) for one in moot] == [(city.address("transport"), "overtaken")]
    with pytest.raises(Conflict):
        conclude.decide(city.window, case.number, conclude.Ruling(Outcome.GRANT, "nobody answers", officer="director"))

    city.through(5)
    assert city.part(case, "transport").state is PartState.SIGNED
    resumed = Amendment(EntryKind.RESUME, "听证结束", basis, actor)
    amend(city.window, case.number, city.address("transport"), resumed)
    city.wake("window")
    city.local.settle()
    city.through(9)
    assert city.part(case, "transport").state is PartState.ESCALATED
    assert city.case(case).state is CaseState.OPEN


def test_an_invented_reminder_moves_no_term_and_is_not_shown_as_one(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport", silent=True))
    case = city.submit()
    state, due_at = deadline(city, case), city.part(case, "transport").due_at
    node = city.node("transport")
    city.clock.step_to(city.clock.now() + timedelta(minutes=1))
    reminder = Reminder(
        case_number=case.number, department=city.address("transport"), consultation_id=state.consultation_id,
        stage=90, due_at=datetime(2026, 3, 2, 10, tzinfo=CST), default=DefaultMode.CONSENT,
    )  # fmt: skip

    message_id = said(city, reminder, "transport", "window")

    assert city.part(case, "transport").reminded_at is None
    assert len(replies(city, message_id)) == 1
    city.clock.step_to(datetime(2026, 3, 2, 11, tzinfo=CST))
    with node.store.reading() as tx:
        row = tx[DepartmentDesk].get(case.number)
        assert row is not None
        term = term_of(node, tx, row)
    assert (term.due_at, term.overdue, term.told) == (due_at, False, False)


def test_a_reminder_of_no_request_on_the_desk_is_not_signed_for(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport", silent=True))
    case = city.submit()
    state = deadline(city, case)
    facts: dict[str, Any] = {"stage": 50, "due_at": midnight_after(city.clock.now().date())}
    facts |= {"default": DefaultMode.CONSENT, "department": city.address("transport")}
    facts |= {"case_number": case.number, "consultation_id": state.consultation_id}
    wrong = [
        Reminder(**facts | {"consultation_id": "0190a5b0-0000-7000-8000-000000000001"}),
        Reminder(**facts | {"case_number": "HF-NONE"}),
        Reminder(**facts | {"department": city.address("planning")}),
    ]
    ids = [said(city, one, "transport") for one in wrong]
    with city.node("monitor").store.reading() as tx:
        copies = [row for one in ids for row in tx[Outbox].rows(one)]
    assert [row.state for row in copies] == [OutboxState.RETURNED] * len(wrong)
