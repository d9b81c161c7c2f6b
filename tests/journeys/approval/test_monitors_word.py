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
from exchange.approval.monitor.recheck import recheck_case
from exchange.approval.monitor.store import Watches
from exchange.approval.records import CaseRow
from exchange.approval.rules.derived_ids import reminder_id
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window import conclude
from exchange.approval.window.deadlines import present_state
from exchange.approval.window.terms.amending import Amendment, amend
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import CST
from exchange.envelope import verify_signed
from exchange.errors import Conflict
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.receipts import proof_digest, proven_copies
from exchange.messaging.records import DeadLetter, OutboxState
from exchange.runtime.periodic import periodic_work
from exchange.schemas import (
    Body,
    DeadlineNotice,
    DeadlineState,
    DeemedConsent,
    DefaultMode,
    DefaultNotice,
    EntryKind,
    Escalation,
    Outcome,
    ProcedureKind,
    Reminder,
    ReminderProof,
    Role,
    SentReminder,
)
from exchange.store.journal import JournalEntry
from exchange.trials.local import Seat
from exchange.workdays import ChinaCalendar
from tests.journeys.city import City, make_city, midnight_after, wait_until

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


def letters(node: Node) -> list[DeadLetter]:
    """What a member has set aside."""
    with node.store.reading() as tx:
        return tx[Inbox].dead_letters()


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
    city.step_to(city.clock.now() + timedelta(minutes=15))

    assert city.part(case, "transport").state is PartState.SIGNED
    assert city.part(case, "planning").state is PartState.ESCALATED, "whose clock was not stopped"
    with city.window.store.reading() as tx:
        moot = [one for one in tx.journal_of(case.number) if one.event == "escalation-moot"]
    assert {(one.detail["department"], one.detail["why"]) for one in moot} == {
        (city.address("transport"), "overtaken"),
        (city.address("planning"), "too-early"),  # the window was away at the end, and its broker stamps nothing
    }
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


def test_an_invented_reminder_moves_no_term_is_not_shown_as_one_and_of_no_request_is_not_signed_for(city: City) -> None:
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

    # Nor is one signed for that is of no request on this desk.
    facts: dict[str, Any] = {"stage": 50, "due_at": midnight_after(city.clock.now().date())}
    facts |= {"default": DefaultMode.CONSENT, "department": city.address("transport")}
    facts |= {"case_number": case.number, "consultation_id": state.consultation_id}
    wrong = [
        Reminder(**facts | {"case_number": "HF-NONE"}),
        Reminder(**facts | {"department": city.address("planning")}),
    ]
    ids = [said(city, one, "transport") for one in wrong]
    with city.node("monitor").store.reading() as tx:
        copies = [row for one in ids for row in tx[Outbox].rows(one)]
    assert [row.state for row in copies] == [OutboxState.RETURNED] * len(wrong)

    # One that may still come is waited for, without a receipt.
    of_none = Reminder(**facts | {"consultation_id": "0190a5b0-0000-7000-8000-000000000001"})
    waits = said(city, of_none, "transport", settle=False)
    wait_until(lambda: waits in [one.message_id for one in letters(node)], what="the reminder among what waits")
    with city.node("monitor").store.reading() as tx:
        assert [row.state for row in tx[Outbox].rows(waits)] != [OutboxState.DELIVERED]


def test_another_window_has_no_say_over_what_silence_came_to(tmp_path: Path, broker: NodeInfo, domain: str) -> None:
    city = make_city(tmp_path, broker, domain)
    other = city.address("second")
    city.local.seats = {**city.local.seats, other: Seat((Role.WINDOW,))}
    with city.local:
        city.matter(city.approver("transport", silent=True))
        case = city.submit()
        due_at = city.part(case, "transport").due_at
        assert due_at is not None
        notice = DefaultNotice(
            case_number=case.number, department=city.address("transport"), mode=DefaultMode.CONSENT, due_at=due_at,
            effective_at=due_at, deemed_consent=case.conversation_id, basis=("缺席默认制",),
        )  # fmt: skip
        with city.node("second").step() as step:
            step.send(notice, (city.address("transport"),))
        city.wake("second")
        city.local.settle()
        with city.node("transport").store.reading() as tx:
            row = tx[DepartmentDesk].get(case.number)
        assert row is not None
        assert row.state == "waiting"


# --- reminders are proved ---------------------------------------------------------------------------------------------


def lapsed(city: City) -> tuple[CaseRow, DeadlineState, datetime]:
    """A case whose term is over, nobody having been reminded: its deadline, and when that was due."""
    city.matter(city.approver("planning"), city.approver("transport", silent=True))
    case = city.submit()
    state, due_at = deadline(city, case), city.part(case, "transport").due_at
    assert due_at is not None
    return case, state, due_at


def consent(state: DeadlineState, due_at: datetime, *reminders: SentReminder) -> DeemedConsent:
    """What a monitor makes of a term that is over."""
    assert state.evidence is not None
    return DeemedConsent(
        state=state, mode=state.default, due_at=due_at, calendar=ChinaCalendar().version,
        reminders=reminders, receipt_digest=proof_digest(state.evidence),
    )  # fmt: skip


def reminder(state: DeadlineState, due_at: datetime) -> Reminder:
    """A monitor's reminder at half of the term."""
    return Reminder(
        case_number=state.case_number, department=state.department, consultation_id=state.consultation_id,
        stage=50, due_at=due_at, default=state.default, began_at=state.ledger[0].at,
    )  # fmt: skip


def journal(city: City, case: CaseRow, name: str) -> list[JournalEntry]:
    """What a member has noted of transport's part."""
    with city.node(name).store.reading() as tx:
        return [one for one in tx.journal_of(case.number) if one.detail.get("department") == city.address("transport")]


def test_a_consent_with_an_invented_reminder_has_no_effect(city: City) -> None:
    case, state, due_at = lapsed(city)
    monitor, department = city.node("monitor"), city.address("transport")
    city.clock.step_to(due_at - timedelta(hours=8))
    own_id = reminder_id(case.number, department, 50, state.ledger[0].at, due_at)
    with monitor.step() as step:  # to the window alone: the department hears nothing
        step.send(reminder(state, due_at), (city.address("window"),), message_id=own_id)
    city.wake("monitor")
    city.local.settle()
    claimed = SentReminder(message_id=own_id, stage=50, at=city.clock.now())
    with monitor.store.reading() as tx:
        words = tx[Documents].get(monitor.address, own_id)
        proof = next(proof for row, proof in proven_copies(tx, own_id) if row.addressee == city.address("window"))
    assert words is not None
    assert proof is not None
    assert state.evidence is not None
    by_window = claimed.model_copy(update={"proof": ReminderProof(signed=words.signed, receipt=proof)})
    by_request = claimed.model_copy(update={"proof": ReminderProof(signed=words.signed, receipt=state.evidence)})
    city.clock.step_to(due_at + timedelta(minutes=1))
    city.kept_up()

    bare = said(city, consent(state, due_at, claimed))
    ids = [said(city, consent(state, due_at, one)) for one in (by_window, by_request)]

    assert city.part(case, "transport").state is PartState.SIGNED
    assert [len(replies(city, one)) for one in (bare, *ids)] == [1, 1, 1], "it is done with it, and must look anew"
    with monitor.store.reading() as tx:
        copies = [row for one in ids for row in tx[Outbox].rows(one)]
    assert [row.state for row in copies] == [OutboxState.RETURNED] * 2
    assert all("no-evidence" in (row.last_error or "") for row in copies)
    assert "not sent to the department" in (copies[0].last_error or "")


def test_a_windows_ledger_that_tells_of_the_future_goes_back_and_moves_nothing(city: City) -> None:
    city.matter(city.approver("transport", silent=True))
    case = city.submit()
    key = case.number, city.address("transport")
    with city.node("monitor").store.reading() as tx:
        before = tx[Watches].board()
    with city.window.step() as step:
        state = present_state(step, *key)
        assert state is not None
        late = state.ledger[0].model_copy(update={"at": datetime(2199, 1, 4, 9, tzinfo=CST)})
        far = state.model_copy(update={"revision": state.revision + 1, "ledger": (*state.ledger, late)})
        message_id = step.send(DeadlineNotice(deadlines=(far,)), (city.address("monitor"),))
    city.wake("window")
    city.local.settle()

    with city.window.store.reading() as tx:
        [copy] = tx[Outbox].rows(message_id)
    assert copy.state is OutboxState.RETURNED
    assert "after it was signed" in (copy.last_error or "")
    with city.node("monitor").store.reading() as tx:
        assert tx[Watches].board() == before


def test_a_department_that_signed_for_no_reminder_is_not_defaulted(city: City) -> None:
    case, _, due_at = lapsed(city)
    city.local.stop(city.address("transport"))
    city.step_to(due_at - timedelta(hours=8), settle=False)
    city.step_to(due_at + timedelta(seconds=1), settle=False)
    assert [one.event for one in journal(city, case, "monitor")] == ["reminded"], "a receipt may yet be on its way"
    city.step_to(due_at + timedelta(minutes=11), settle=False)
    city.local.start(city.address("transport"))  # signs for the reminder now, after the end
    city.local.settle()

    assert city.part(case, "transport").state is PartState.ESCALATED
    (escalated,) = [one for one in journal(city, case, "window") if one.event == "escalated"]
    assert escalated.detail["obstacles"] == ["no proof of receipt of the reminder within the term"]


def test_a_receipt_that_still_lies_in_the_monitors_queue_at_the_end_proves_the_reminder(city: City) -> None:
    case, state, due_at = lapsed(city)
    city.reply("planning", case)
    monitor, department = city.address("monitor"), city.address("transport")
    city.local.stop(department)
    city.step_to(due_at - timedelta(hours=8), settle=False)
    own_id = reminder_id(case.number, department, 90, state.ledger[0].at, due_at)

    def is_out() -> bool:
        with city.node("monitor").store.reading() as tx:
            return any(row.addressee == department and row.state is OutboxState.SENT for row in tx[Outbox].rows(own_id))

    def is_signed_for() -> bool:
        with city.node("transport").store.reading() as tx:
            return bool(tx[Inbox].known([(monitor, own_id)]))

    wait_until(is_out, what="the reminder at the broker")
    city.local.stop(monitor)
    city.local.start(department)
    wait_until(is_signed_for, what="the department's receipt")
    city.clock.step_to(due_at + timedelta(minutes=1))
    periodic_work(city.node("monitor"))
    city.local.start(monitor)
    city.local.settle()
    assert city.part(case, "transport").state is PartState.SIGNED
    city.step_to(due_at + timedelta(minutes=12))

    assert city.part(case, "transport").state is PartState.DEEMED
    assert [one.error for one in recheck_case(city.window, case.number)] == [None]
    (found,) = recheck_case(city.node("monitor"), case.number)
    assert found.deemed is not None
    assert [one.stage for one in found.deemed.reminders if one.proof is not None] == [90]
