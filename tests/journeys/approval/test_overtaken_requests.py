"""Messages about a case reach a department before the case itself: they wait for it, and then count as if in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.records import CaseRow
from exchange.approval.rules.states import DeskState, PartState
from exchange.approval.window import closing
from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import Early
from exchange.messaging.aside.early import LONGEST
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.dead_letters import CAME_IN_ORDER
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.messaging.rules.holding import Hold
from exchange.messaging.rules.withholding import EARLY
from exchange.schemas import DefaultMode, Reminder, Verdict
from tests.journeys.city import City, make_city, midnight_after, wait_until

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        yield city


def keep_requests_back(city: City) -> Hold:
    """Requests to transport rest, and nothing else does: whatever is said of them overtakes them."""
    hold = Hold("h-1", city.address("transport"), "consultation", "its office moves", "li", city.clock.now())
    city.hold(hold)
    return hold


def let_go(city: City, hold: Hold) -> None:
    city.release(hold)
    city.wake("window")
    city.local.settle()


def waiting(city: City) -> list[str]:
    """The ids of what waits at transport for what it speaks of."""
    with city.node("transport").store.reading() as tx:
        return [str(one.message_id) for one in tx[DeadLetters].batch(Early.code, EARLY, above=0, limit=10)]


def attempts(city: City) -> int:
    with city.node("transport").store.reading() as tx:
        return sum(one.attempts for one in tx[DeadLetters].batch(Early.code, EARLY, above=0, limit=10))


def remind(city: City, case: CaseRow, request: str) -> str:
    """The monitor reminds transport of a request; returns the message's id."""
    reminder = Reminder(
        case_number=case.number, department=city.address("transport"), consultation_id=request,
        stage=50, due_at=midnight_after(city.clock.now().date()), default=DefaultMode.CONSENT,
    )  # fmt: skip
    with city.node("monitor").step() as step:
        message_id = step.send(reminder, (city.address("transport"),))
    city.wake("monitor")
    return message_id


def again(city: City, message_id: str) -> None:
    """The monitor sends it once more."""
    with city.node("monitor").step() as step:
        step.tx[Outbox].resend(message_id, city.address("transport"), datetime.now(UTC))
    city.wake("monitor")


def on_desk(city: City, case: CaseRow) -> DeskState | None:
    with city.node("transport").store.reading() as tx:
        row = tx[DepartmentDesk].get(case.number)
    return row.state if row is not None else None


def settled_by(node: Node, message_id: str) -> list[str]:
    """What the journal says that the message's dead letter was settled by."""
    with node.store.reading() as tx:
        lines = [line for line in tx.recent_journal() if line.event == "dead-letter-settled"]
    return [str(line.detail["by"]) for line in lines if line.message_id == message_id]


def state_of(city: City, sender: str, message_id: str) -> OutboxState:
    with city.node(sender).store.reading() as tx:
        return next(row.state for row in tx[Outbox].rows(message_id) if row.addressee == city.address("transport"))


def test_a_reminder_that_overtakes_its_request_is_signed_for_once_that_has_come(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport", silent=True))
    hold = keep_requests_back(city)
    case = city.submit()
    request = city.part(case, "transport").consultation_id
    assert request is not None
    message_id = remind(city, case, request)
    wait_until(lambda: waiting(city) == [message_id], what="the reminder among what waits")
    assert state_of(city, "monitor", message_id) is not OutboxState.RETURNED

    let_go(city, hold)

    assert waiting(city) == []
    assert state_of(city, "monitor", message_id) is OutboxState.DELIVERED
    assert settled_by(city.node("transport"), message_id) == [CAME_IN_ORDER]
    with city.node("transport").store.reading() as tx:
        row = tx[DepartmentDesk].get(case.number)
    assert row is not None
    assert row.reminded == 50


def test_a_case_that_is_withdrawn_before_its_request_has_come_is_closed_on_the_desk(city: City) -> None:
    city.matter(city.approver("planning"), city.approver("transport", silent=True))
    hold = keep_requests_back(city)
    case = city.submit()
    closing.withdraw(city.window, case.number, "the works are given up")
    city.wake("window")
    wait_until(lambda: len(waiting(city)) == 1, what="the closing among what waits")
    (message_id,) = waiting(city)

    let_go(city, hold)

    assert on_desk(city, case) is DeskState.CLOSED
    assert settled_by(city.node("transport"), message_id) == [CAME_IN_ORDER]
    assert waiting(city) == []


def test_a_result_that_overtakes_the_request_it_clears_lets_the_department_answer(city: City) -> None:
    transport = city.approver("transport", silent=True, after=(city.address("planning"),))
    city.matter(city.approver("planning"), transport)
    hold = keep_requests_back(city)
    case = city.submit()
    city.reply("planning", case, settle=False)
    wait_until(lambda: len(waiting(city)) == 1, what="the result among what waits")
    (message_id,) = waiting(city)

    let_go(city, hold)

    assert waiting(city) == []
    assert settled_by(city.node("transport"), message_id) == [CAME_IN_ORDER]
    city.reply("transport", case, Verdict.AGREE)
    assert city.part(case, "transport").state is PartState.ANSWERED


def test_what_speaks_of_a_request_that_does_not_come_within_a_day_goes_back(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(city.clock), "real_seconds", lambda _, span: span.total_seconds())
    city.matter(city.approver("planning"), city.approver("transport", silent=True))
    case = city.submit()
    message_id = remind(city, case, "0190a5b0-0000-7000-8000-000000000001")
    wait_until(lambda: waiting(city) == [message_id], what="the reminder among what waits")

    again(city, message_id)
    wait_until(lambda: attempts(city) == 2, what="its repetition among what waits")
    city.clock.step_to(city.clock.now() + LONGEST + timedelta(minutes=1))
    again(city, message_id)
    city.local.settle()

    assert state_of(city, "monitor", message_id) is OutboxState.RETURNED
    assert waiting(city) == []
