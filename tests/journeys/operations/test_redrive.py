"""What was set aside or abandoned is redriven by an operator: once, under its own id, as if it were then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange.approval.records import CaseRow
from exchange.approval.rules.states import PartState
from exchange.approval.window import set_aside as module
from exchange.broker.admin.errand import errand
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.traffic.topology import dead_queue
from exchange.envelope import prove_envelope
from exchange.errors import CallerError, Conflict, Denied, NotFound, OperatorError
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.inbox import Inbox
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Step
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import DeadLetter, OutboxState
from exchange.messaging.resend import resend
from exchange.operations.dead_letters.discard import confirm_discard, propose_discard
from exchange.operations.dead_letters.redrive import Again, redrive, redrive_cause
from exchange.runtime.work import Work
from exchange.schemas import Body, Opinion, Verdict
from tests.journeys.city import City, make_city, wait_until

pytestmark = pytest.mark.broker


@dataclass
class Defect:
    """A defect of the window's program that an operator can repair."""

    handler: Handler
    repaired: bool = False

    def take(self, step: Step, incoming: Incoming, body: Body) -> None:
        """Handles the message once the defect is repaired."""
        if not self.repaired:
            raise ZeroDivisionError
        self.handler(step, incoming, body)


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        city.matter(city.approver("transport", silent=True), city.approver("planning", days=20))
        yield city


@pytest.fixture
def defect(city: City) -> Defect:
    """The window cannot handle opinions until this is repaired."""
    handlers = work(city).handlers
    defect = Defect(handlers[Opinion.KIND])
    handlers[Opinion.KIND] = defect.take
    return defect


def work(city: City) -> Work:
    found = city.local.seats[city.address("window")].work
    assert found is not None
    return found


def letters(city: City) -> list[DeadLetter]:
    with city.window.store.reading() as tx:
        return tx[Inbox].dead_letters()


def redriven(city: City, letter: DeadLetter) -> DeadLetter:
    """The letter redriven, and all that comes of it."""
    found = redrive(city.window, work(city).handlers, work(city).on_signed, letter.id).letter
    city.wake("window")
    city.local.settle()
    return found


def set_aside(city: City, case: CaseRow) -> tuple[str, DeadLetter]:
    """An opinion of transport that the window could not handle, with its message id."""
    message_id = city.reply("transport", case, settle=False)
    wait_until(lambda: len(letters(city)) == 1, what="the dead letter")
    [letter] = letters(city)
    return message_id, letter


def test_an_opinion_set_aside_in_time_is_in_time_however_late_it_is_redriven(city: City, defect: Defect) -> None:
    case = city.submit()
    message_id, letter = set_aside(city, case)
    assert (letter.message_id, letter.stage, letter.attempts) == (message_id, "handle", 1)
    city.clock.step_to(city.clock.now() + timedelta(days=9))
    defect.repaired = True

    assert redriven(city, letter).message_id == message_id

    part = city.part(case, "transport")
    assert (part.state, part.opinion_id, part.late_opinion_id) == (PartState.ANSWERED, message_id, None)
    assert letters(city) == []
    with pytest.raises(NotFound, match="no dead letter"):
        redriven(city, letter)
    with city.node("transport").store.reading() as tx:
        assert [copy.state for copy in tx[Outbox].rows(message_id)] == [OutboxState.DELIVERED]


def test_an_opinion_signed_after_the_term_is_late_when_redriven(city: City, defect: Defect) -> None:
    case = city.submit()
    city.clock.step_to(city.clock.now() + timedelta(days=9))
    message_id, letter = set_aside(city, case)
    defect.repaired = True

    redriven(city, letter)

    part = city.part(case, "transport")
    assert (part.state, part.late_opinion_id) == (PartState.SIGNED, message_id)


def events(city: City, case: CaseRow) -> list[str]:
    with city.window.store.reading() as tx:
        return [entry.event for entry in tx.journal_of(case.number)]


def test_what_is_set_aside_is_proved_once_and_not_for_each_term_that_ends(
    city: City, defect: Defect, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = city.submit()
    set_aside(city, case)
    proofs, known = list[bytes](), module.Known()

    def prove(envelope: bytes, *more: Any) -> Any:
        proofs.append(envelope)
        return prove_envelope(envelope, *more)

    monkeypatch.setattr(module, "prove_envelope", prove)
    asked = {case.number: True, "another": False}
    with city.window.store.reading() as tx:
        for number, waits in [*asked.items(), *asked.items()]:
            where = (tx, city.window, number, city.address("transport"), None, known)
            assert module.opinion_set_aside(*where) is waits
        assert not module.opinion_set_aside(tx, city.window, case.number, city.address("planning"), None, known)
    assert len(proofs) == 1


def test_no_default_takes_effect_before_an_opinion_in_time_is_redriven(city: City, defect: Defect) -> None:
    case = city.submit()
    message_id, letter = set_aside(city, case)
    for _ in range(9):
        city.step_to(city.clock.now() + timedelta(days=1), settle=False)
        city.signed_for("monitor")
    wait_until(lambda: "deemed-held-up" in events(city, case), what="the default that is held up")
    defect.repaired = True

    redriven(city, letter)

    part = city.part(case, "transport")
    assert (part.state, part.opinion_id, part.late_opinion_id) == (PartState.ANSWERED, message_id, None)


def test_a_default_stands_when_a_late_opinion_is_redriven(city: City, defect: Defect) -> None:
    case = city.submit()
    for _ in range(9):
        city.step_to(city.clock.now() + timedelta(days=1))
    assert city.part(case, "transport").state is PartState.DEEMED
    message_id, letter = set_aside(city, case)
    defect.repaired = True

    redriven(city, letter)

    part = city.part(case, "transport")
    assert (part.state, part.late_opinion_id) == (PartState.DEEMED, message_id)


def keep_again(city: City, letter: DeadLetter) -> None:
    """As releases did that kept a dead letter though its repetition was taken."""
    with city.window.store.transaction() as tx:
        tx[Inbox].dead([letter], city.window.clock.now())


def test_a_dead_letter_is_settled_when_its_repetition_is_taken(city: City, defect: Defect) -> None:
    case = city.submit()
    message_id, letter = set_aside(city, case)
    other = replace(letter, envelope=letter.envelope + b"x", kept_digest="", kept_octets=-1)
    keep_again(city, other)  # somebody else's bytes under the same id
    defect.repaired = True
    resend(city.node("transport"), message_id)
    city.wake("transport")
    city.local.settle()
    assert [(one.message_id, one.envelope) for one in letters(city)] == [(message_id, other.envelope)]
    with city.window.store.reading() as tx:
        [noted] = [entry for entry in tx.recent_journal() if entry.event == "dead-letter-settled"]
    assert noted.message_id == message_id
    assert (noted.detail["letter"], noted.detail["code"]) == (letter.id, "ZeroDivisionError")
    with pytest.raises(NotFound):
        redriven(city, letter)


def test_what_a_queue_gave_up_though_it_was_taken_in_is_no_dead_letter(
    city: City, defect: Defect, broker: NodeInfo
) -> None:
    case = city.submit()
    message_id, letter = set_aside(city, case)
    defect.repaired = True
    resend(city.node("transport"), message_id)
    city.wake("transport")
    city.local.settle()
    assert letters(city) == []
    dead = dead_queue(city.address("window"))
    with errand(broker.url, "test:give-up") as admin:
        admin.channel.confirm_delivery()
        for body in (letter.envelope, b"unknown"):
            admin.channel.basic_publish("", dead, body, mandatory=True)
    wait_until(lambda: [one.envelope for one in letters(city)] == [b"unknown"], what="what is not known, and only that")


def test_what_was_handled_meanwhile_is_handled_no_second_time(city: City, defect: Defect) -> None:
    case = city.submit()
    message_id, letter = set_aside(city, case)
    defect.repaired = True
    assert resend(city.node("transport"), message_id) == 1
    city.wake("transport")
    city.local.settle()
    assert city.part(case, "transport").opinion_id == message_id
    keep_again(city, letter)

    redriven(city, letter)

    assert events(city, case).count("opinion") == 1
    assert letters(city) == []


def test_what_fails_again_stays_a_dead_letter_and_leaves_nothing_behind(city: City, defect: Defect) -> None:
    case = city.submit()
    _, letter = set_aside(city, case)
    with pytest.raises(OperatorError, match="ZeroDivisionError"):
        redriven(city, letter)
    assert letters(city) == [letter]
    assert city.part(case, "transport").state is PartState.SIGNED


def test_a_forged_message_is_never_redriven(city: City) -> None:
    letter = DeadLetter("forged", "another's account", "open", f"{city.address('window')}.opinions", b"envelope")
    with city.window.store.transaction() as tx:
        tx[Inbox].dead([letter], city.clock.now())
    [kept] = letters(city)
    with pytest.raises(CallerError, match="forged"):
        redriven(city, kept)
    assert letters(city) == [kept]


def test_a_copy_that_was_abandoned_goes_out_when_it_is_resent(city: City) -> None:
    case = city.submit()
    city.local.stop(city.address("planning"))
    message_id = city.reply("planning", case, Verdict.AGREE, settle=False)
    with city.node("planning").store.transaction() as tx:
        [parcel] = tx[Outbox].due(city.clock.now() + timedelta(days=365), 9, ())
        tx[Outbox].mark_failed(parcel.id, "unroutable", city.clock.now(), None)
        assert [view.message_id for view in tx[Outbox].abandoned()] == [message_id]
    city.local.start(city.address("planning"))

    assert resend(city.node("planning"), message_id, city.address("window")) == 1

    city.wake("planning")
    city.local.settle()
    assert city.part(case, "planning").state is PartState.ANSWERED
    with pytest.raises(Conflict, match="signed for"):
        resend(city.node("planning"), message_id)


@pytest.mark.parametrize("to", [None, "window"])
def test_what_was_never_sent_cannot_be_resent(city: City, to: str | None) -> None:
    case = city.submit()
    opened = city.part(case, "planning").consultation_id
    with pytest.raises(NotFound, match="has sent no message"):
        resend(city.window, opened or "" if to else "11111111-1111-4111-8111-111111111111", to and city.address(to))


def test_an_opinion_that_its_case_waits_for_is_not_discarded_and_one_that_was_overtaken_is(
    city: City, defect: Defect
) -> None:
    case = city.submit()
    message_id, letter = set_aside(city, case)
    with pytest.raises(Conflict, match="no silence counts") as refused:
        propose_discard(city.window, letter.id, "li", "nobody needs it")
    assert refused.value.code == "protects-department"
    defect.repaired = True
    resend(city.node("transport"), message_id)
    city.wake("transport")
    city.local.settle()
    assert city.part(case, "transport").state is PartState.ANSWERED
    keep_again(city, letter)

    propose_discard(city.window, letter.id, "li", "it came again and was taken in")
    with pytest.raises(Denied):
        confirm_discard(city.window, letter.id, "li")
    assert confirm_discard(city.window, letter.id, "wang").proposed_by == "li"

    assert letters(city) == []
    with pytest.raises(NotFound):
        redriven(city, letter)
    with city.window.store.reading() as tx:
        [kept] = tx[DeadLetters].discarded()
        assert (tx[Inbox].envelope_of(kept), kept.discarded_by) == (letter.envelope, "wang")


def redrive_all(city: City) -> list[Again]:
    """What came of all that the defect had set aside."""
    outcomes = redrive_cause(city.window, work(city).handlers, work(city).on_signed, "ZeroDivisionError", "handle")
    return [one.again for one in outcomes]


def test_all_letters_of_a_cause_are_handed_in_again_and_a_poisonous_one_stands_in_nobodys_way(
    city: City, defect: Defect
) -> None:
    cases = [city.submit() for _ in range(3)]
    for number, case in enumerate(cases, 1):
        city.reply("transport", case, settle=False)
        wait_until(lambda goal=number: len(letters(city)) == goal, what="the dead letters")
    poison = letters(city)[1]
    handler = defect.handler

    def take(step: Step, incoming: Incoming, body: Body) -> None:
        if incoming.message_id == poison.message_id:
            raise ZeroDivisionError
        handler(step, incoming, body)

    defect.handler, defect.repaired = take, True
    outcomes = list(
        redrive_cause(city.window, work(city).handlers, work(city).on_signed, "ZeroDivisionError", "handle")
    )
    assert [one.again for one in outcomes] == [Again.HANDLED, Again.FAILED, Again.HANDLED]
    [left] = letters(city)
    assert (left.id, left.attempts) == (poison.id, 2)
    city.wake("window")
    city.reply("planning", cases[0], settle=False)
    wait_until(lambda: city.part(cases[0], "planning").state is PartState.ANSWERED, what="what came after the poison")
    defect.handler = handler
    assert [o.again for o in redrive_cause(city.window, work(city).handlers, None, "ZeroDivisionError")] == [
        Again.HANDLED
    ]
    assert {city.part(case, "transport").state for case in cases} == {PartState.ANSWERED}
