"""Addresses that are valid and yet too long for AMQP to carry between: their messages end with a reason, alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import RealClock
from exchange.documents.send import send_document
from exchange.envelope import envelope_for, verify_signed
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.ports import Publication, PublishOutcome
from exchange.messaging.records import DeadLetter, OutboxState, OutboxView
from exchange.messaging.rules.label import label_for
from exchange.schemas import Document, DocumentKind, DocumentNumber, Role, Urgency
from exchange.trials.local import LocalDomain, Seat
from tests.contract.traffic import publishing
from tests.journeys.city import wait_until

pytestmark = pytest.mark.broker


@pytest.fixture
def local(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[LocalDomain]:
    """A domain of 112 octets with a relay office and two departments, none of them served yet."""
    long = f"{domain}.{'d' * 60}.{'e' * (112 - len(domain) - 62)}"
    seats = {f"{long}.relay": Seat((Role.RELAY,))} | {f"{long}.{name}": Seat((Role.DEPARTMENT,)) for name in "ab"}
    found = LocalDomain(tmp_path, long, broker, RealClock(), {**seats, f"{long}.longest": Seat((Role.DEPARTMENT,))})
    found.rest = 0.0
    found.prepare()
    yield found
    found.close()


def urgent(local: LocalDomain, to: str) -> str:
    """One department writes to another; the message id."""
    document = Document(
        number=DocumentNumber(agency="规函", year=2026, serial=1),
        kind=DocumentKind.LETTER,
        urgency=Urgency.URGENT,
        issuer="规划局",
        title="关于管线的函",
        body="请提供资料。",
        date=RealClock().now().date(),
    )
    return send_document(local.nodes[f"{local.domain}.a"], document, [f"{local.domain}.{to}"])


def copy_of(local: LocalDomain, message_id: str) -> OutboxView:
    with local.nodes[f"{local.domain}.a"].store.reading() as tx:
        return tx[Outbox].rows(message_id)[0]


def test_a_copy_that_amqp_cannot_carry_is_abandoned_with_its_reason_and_others_go_on(local: LocalDomain) -> None:
    ended, other = urgent(local, "longest"), urgent(local, "b")
    for name in "ab":
        local.start(f"{local.domain}.{name}")
    wait_until(lambda: copy_of(local, ended).state is OutboxState.FAILED, 30, "the end of the first")
    wait_until(lambda: copy_of(local, other).state is OutboxState.DELIVERED, 30, "the receipt of the second")
    assert (copy_of(local, ended).last_error or "").startswith("impossible: the addresses are too long")
    assert copy_of(local, ended).attempts == 1


def test_a_relay_office_ends_what_amqp_cannot_carry_tells_its_sender_and_passes_the_rest_on(
    local: LocalDomain,
) -> None:
    relay = f"{local.domain}.relay"
    ended, other = urgent(local, "longest"), urgent(local, "b")
    bring(local, relay, [(ended, "longest"), (other, "b")])
    local.start(relay)
    local.start(f"{local.domain}.b")
    wait_until(lambda: taken_in(local), 30, "the other message")

    def letters() -> list[DeadLetter]:
        with local.nodes[relay].store.reading() as tx:
            return [one for one in tx[Inbox].dead_letters() if one.message_id == ended]

    wait_until(lambda: bool(letters()), 30, "the dead letter")
    (letter,) = letters()
    assert (letter.stage, letter.reason_code) == ("transit", "cannot-be-carried")
    assert "AMQP carries 255" in letter.reason
    with local.nodes[relay].store.reading() as tx:
        (told,) = tx[Documents].recent("sent", "non-delivery")
    header = verify_signed(told.signed, local.nodes[relay].directory).header
    assert header.addressees == (f"{local.domain}.a",)


def bring(local: LocalDomain, relay: str, messages: list[tuple[str, str]]) -> None:
    """Into the relay office's transit queue, one after another, by their own sender: the first stage of a way."""
    onward = []
    with local.nodes[f"{local.domain}.a"].store.reading() as tx:
        for number, (message_id, name) in enumerate(messages):
            copy = tx[Outbox].waiting(message_id, f"{local.domain}.{name}")
            assert copy is not None
            body, label = envelope_for(copy.common, copy.recipient), label_for(f"{local.domain}.{name}")
            onward.append(
                Publication(number, f"{relay}.transit", body, message_id, message_id, "document", headers=label)
            )
    with publishing(local.info.url, f"{local.domain}.a") as (publisher, fates):
        publisher.publish(onward)
        assert fates.outcomes(len(onward)) == {PublishOutcome.CONFIRMED}


def taken_in(local: LocalDomain) -> bool:
    with local.nodes[f"{local.domain}.b"].store.reading() as tx:
        return tx[Inbox].counts().get("document", 0) == 1
