"""What fails on our side costs nobody their time: rules that raise, handlers that fail, batches that roll back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pika
import pytest

from exchange.approval.department.open_desk import OpenDesk
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.records import CaseRow
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window import conclude
from exchange.approval.window.decision import DecideRule, Docket, Ruling
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.traffic.topology import opinions_queue
from exchange.errors import Conflict, DatabaseUnavailable
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import DeadLetter
from exchange.runtime.gathered import Gathered
from exchange.schemas import Body, Consultation, DeemedConsent, Opinion, Outcome, Verdict
from exchange.store.transaction import Transaction
from exchange.telemetry.troubles import Troubles
from tests.journeys.city import City, make_city, wait_until

pytestmark = pytest.mark.broker

MakeCity = Callable[[DecideRule | None], City]


class Failing:
    """A window's handler for opinions that fails until it is repaired, or so many times."""

    def __init__(self, city: City, error: Exception, times: int | None = None) -> None:
        work = city.local.seats[city.address("window")].work
        assert work is not None
        self._work, self._handler = work, work.handlers[Opinion.KIND]
        self._error, self._left = error, times
        work.handlers[Opinion.KIND] = self._handle

    def _handle(self, step: Step, incoming: Incoming, body: Body) -> None:
        if self._left != 0:
            self._left = None if self._left is None else self._left - 1
            raise self._error
        self._handler(step, incoming, body)

    def repair(self) -> None:
        """From now on it works."""
        self._work.handlers[Opinion.KIND] = self._handler


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        yield city


def letters(city: City) -> list[DeadLetter]:
    """The window's dead letters."""
    with city.window.store.reading() as tx:
        return tx[Inbox].dead_letters()


def journal(city: City, case: CaseRow) -> list[str]:
    """What the window noted of a case."""
    with city.window.store.reading() as tx:
        return [entry.event for entry in tx.journal_of(case.number)]


def failing(node: Node) -> Gathered:
    """What waits for an officer of a member because its rule failed."""
    with node.store.reading() as tx:
        assert isinstance(tx, Transaction)
        return tx[Troubles].rule_failing()


def send_again(city: City, name: str, message_id: str) -> None:
    """Has a member send a message again now rather than when its patience says."""
    with city.node(name).store.transaction() as tx:
        assert tx[Outbox].resend(message_id, None, city.clock.now()) == 1
    city.wake(name)
    city.local.settle()


def sent(city: City, name: str) -> bool:
    """Whether everything a member wrote has reached the broker."""
    with city.node(name).store.reading() as tx:
        return tx[Outbox].counts().get("written", 0) == 0


def give_up_one(city: City, queue: str) -> None:
    """Has the broker give up the first message of a queue."""
    connection = pika.BlockingConnection(pika.URLParameters(city.local.info.url))
    channel = connection.channel()
    channel.basic_qos(prefetch_count=1)
    method, _, _ = next(channel.consume(queue))
    channel.basic_reject(method.delivery_tag, requeue=False)
    channel.cancel()
    connection.close()


def raises(docket: Docket) -> Ruling | None:
    raise ValueError("a defect")


def grants_over_objections(docket: Docket) -> Ruling | None:
    return Ruling(Outcome.GRANT, "whatever they say")


def says_yes(docket: Docket) -> Ruling | None:
    return "yes"  # type: ignore[return-value]


@pytest.mark.parametrize("rule", [raises, grants_over_objections, says_yes])
def test_a_decide_rule_that_fails_leaves_the_case_to_an_officer_and_the_opinion_on_record(
    tmp_path: Path, broker: NodeInfo, domain: str, rule: DecideRule
) -> None:
    city = make_city(tmp_path, broker, domain, decide_rule=rule)
    with city.local:
        city.matter(city.approver("planning"))
        case = city.submit()
        city.reply("planning", case, Verdict.DISAGREE, reasons="压占燃气管线", basis=("城镇燃气管理条例第三十三条",))

        assert city.part(case, "planning").state is PartState.ANSWERED
        assert city.case(case).state is CaseState.READY
        assert "rule-failed" in journal(city, case)
        assert city.case(case).rule_error, "officers see why it is theirs to decide"
        assert failing(city.window).number == 1
        assert letters(city) == []

        conclude.decide(city.window, case.number, Ruling(Outcome.REFUSE, "a department objects", officer="主任"))
        assert city.case(case).outcome == "refuse"
        assert failing(city.window).number == 0


def test_an_opinion_in_time_that_our_handler_failed_on_holds_up_the_default_and_counts_when_it_comes_again(
    city: City,
) -> None:
    city.matter(city.approver("transport", silent=True))
    case = city.submit()
    city.through(3)
    failing = Failing(city, RuntimeError("a defect"))
    message_id = city.reply("transport", case, settle=False)
    wait_until(lambda: len(letters(city)) == 1, what="the dead letter")
    arrived = city.clock.now()

    city.local.stop(city.address("window"))
    city.clock.step_to(arrived + timedelta(days=3))
    city.local.start(city.address("window"))
    city.step_to(city.clock.now() + timedelta(minutes=11), settle=False)
    wait_until(lambda: "deemed-held-up" in journal(city, case), what="the default that is held up")
    assert city.part(case, "transport").state is PartState.SIGNED

    failing.repair()
    send_again(city, "transport", message_id)

    part = city.part(case, "transport")
    assert (part.state, part.answered_at, part.late_opinion_id) == (PartState.ANSWERED, arrived, None)
    assert city.case(case).state is CaseState.DECIDED


def test_a_late_opinion_that_our_handler_failed_on_holds_up_nothing(city: City) -> None:
    city.matter(city.approver("transport", silent=True))
    case = city.submit()
    city.through(3)
    city.clock.step_to(city.clock.now() + timedelta(days=1))
    failing = Failing(city, RuntimeError("a defect"))
    message_id = city.reply("transport", case, settle=False)
    wait_until(lambda: len(letters(city)) == 1, what="the dead letter")

    city.step_to(city.clock.now(), settle=False)
    wait_until(lambda: city.part(case, "transport").state is PartState.DEEMED, what="the default")

    failing.repair()
    send_again(city, "transport", message_id)
    assert city.part(case, "transport").late_opinion_id == message_id


def test_the_lead_cannot_decide_past_an_opinion_that_our_handler_failed_on(city: City) -> None:
    city.matter(city.approver("planning"))
    case = city.submit()
    failing = Failing(city, RuntimeError("a defect"))
    message_id = city.reply("planning", case, settle=False)
    wait_until(lambda: len(letters(city)) == 1, what="the dead letter")
    for _ in range(4):
        city.step_to(city.clock.now() + timedelta(days=1), settle=False)
    wait_until(lambda: city.part(case, "planning").state is PartState.ESCALATED, what="the escalation")

    with pytest.raises(Conflict, match="could not be taken in"):
        conclude.decide(city.window, case.number, Ruling(Outcome.REFUSE, "no opinion", officer="主任"))

    failing.repair()
    send_again(city, "planning", message_id)
    assert city.part(case, "planning").state is PartState.ANSWERED


def test_an_opinion_in_time_that_its_queue_gave_up_holds_up_the_default_and_counts_when_it_comes_again(
    city: City,
) -> None:
    city.matter(city.approver("transport", silent=True))
    case = city.submit()
    city.through(3)
    city.local.stop(city.address("window"))
    message_id = city.reply("transport", case, settle=False)
    wait_until(lambda: sent(city, "transport"), what="the opinion at the broker")
    give_up_one(city, opinions_queue(city.address("window")))
    city.local.start(city.address("window"))
    wait_until(lambda: [letter.reason_code for letter in letters(city)] == ["given-up"], what="the dead letter")

    city.step_to(city.clock.now() + timedelta(days=1), settle=False)
    wait_until(lambda: "deemed-held-up" in journal(city, case), what="the default that is held up")
    send_again(city, "transport", message_id)

    part = city.part(case, "transport")
    assert (part.state, part.late_opinion_id) == (PartState.ANSWERED, None)
    assert city.case(case).state is CaseState.DECIDED


@pytest.mark.parametrize("error", [RuntimeError("a defect"), DatabaseUnavailable("away")])
def test_a_batch_that_rolls_back_makes_no_opinion_late_whatever_stands_behind_it(city: City, error: Exception) -> None:
    city.matter(city.approver("transport", silent=True))
    case = city.submit()
    city.through(3)
    city.local.stop(city.address("window"))
    city.reply("transport", case, settle=False)
    wait_until(lambda: sent(city, "transport"), what="the opinion at the broker")
    city.step_to(city.clock.now() + timedelta(days=1), settle=False)
    wait_until(lambda: sent(city, "monitor"), what="the deemed consent at the broker")

    Failing(city, error, times=1)
    city.local.start(city.address("window"))
    city.local.settle()

    assert city.part(case, "transport").state is PartState.ANSWERED
    with city.window.store.reading() as tx:
        assert [one.kind for one in tx[Documents].recent("received", DeemedConsent.KIND)] == [DeemedConsent.KIND]


def test_a_rule_that_gives_no_opinion_or_anothers_holds_up_no_other_case(city: City) -> None:
    city.matter(city.approver("planning"))
    cases = [city.submit() for _ in range(5)]
    numbers = [case.number for case in cases]

    def rule(consultation: Consultation, today: date) -> Opinion | None:
        case = next(case for case in cases if case.number == consultation.case_number)
        good = city.opinion("planning", case)
        answers: dict[str, object] = {
            numbers[0]: good,
            numbers[1]: "agree",
            numbers[2]: good.model_copy(update={"department": city.address("transport")}),
            numbers[3]: good.model_copy(update={"reasons": object()}),
            numbers[4]: good,
        }
        return answers[case.number]  # type: ignore[return-value]

    desk = OpenDesk(city.node("planning"), rule)
    assert desk.look() == 5
    assert desk.look() == 0

    with city.node("planning").store.reading() as tx:
        states = [row.state for number in numbers if (row := tx[DepartmentDesk].get(number)) is not None]
    assert states == ["answered", "waiting", "waiting", "waiting", "answered"]
    found = failing(city.node("planning"))
    assert (found.number, set(found.first)) == (3, set(numbers[1:4]))


def test_a_rule_that_fails_is_on_record_until_its_cases_are_answered_or_it_fails_no_more(city: City) -> None:
    city.matter(city.approver("planning"))
    cases = [city.submit() for _ in range(3)]
    node = city.node("planning")
    OpenDesk(node, lambda consultation, today: 1 / 0).look()  # type: ignore[arg-type,return-value]
    found = failing(node)
    assert (found.number, found.detail) == (3, "ZeroDivisionError")
    assert found.since is not None
    city.reply("planning", cases[0])
    assert failing(node).number == 2, "an officer has answered one"
    OpenDesk(node, lambda consultation, today: None).look()  # the repaired rule of a process that was started anew
    assert failing(node).number == 0


def test_the_log_names_the_rule_that_failed(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    city.matter(city.approver("planning"))
    case = city.submit()
    OpenDesk(city.node("planning"), lambda consultation, today: "agree").look()  # type: ignore[arg-type,return-value]
    told = capsys.readouterr().out
    assert "rule.failed" in told
    assert "test_failing_rules" in told
    assert case.number in told
