"""What does not belong in a queue goes to the dead letters with its reason, and the consumer goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pika
import pytest

from exchange.approval.rules.states import PartState
from exchange.broker.admin.node_info import NodeInfo
from exchange.directory.addressing import queue_for
from exchange.envelope import envelope_for, pack_leaves, seal, unpack_leaves
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.operations.systems.member.store import Leases
from exchange.schemas import Header, Opinion, Receipt, ReceiptBatch, Urgency, Verdict
from tests.journeys.city import City, make_city, wait_until

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        city.matter(city.approver("planning"), city.approver("transport"))
        yield city


def push(city: City, queue: str, body: bytes) -> None:
    """Puts bytes into a queue past all checks of the sender's side."""
    connection = pika.BlockingConnection(pika.URLParameters(city.local.info.url))
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_publish("", queue, body, pika.BasicProperties(delivery_mode=2))
    connection.close()


def reasons(city: City, name: str) -> list[str]:
    with city.node(name).store.reading() as tx:
        return [letter.reason_code for letter in tx[Inbox].dead_letters()]


def sealed_opinion(city: City, writer: str, opinion: Opinion, **header: object) -> bytes:
    """An opinion sealed to the window under ``writer``'s identity, whoever it speaks for."""
    fields: dict[str, object] = {
        "message_id": "11111111-1111-4111-8111-111111111111",
        "conversation_id": "11111111-1111-4111-8111-111111111111",
        "kind": opinion.KIND,
        "sender": city.address(writer),
        "addressees": (city.address("window"),),
        "created_at": city.clock.now(),
    }
    full = Header(**{**fields, **header})
    recipients = [city.window.directory.recipient(address, full.suite) for address in full.addressees]
    sealed = seal(full, opinion, city.node(writer).identity, recipients)
    return envelope_for(sealed.common, sealed.recipients[full.addressees[0]])


def receipts_of(city: City, name: str) -> list[str | None]:
    """The reasons of the receipts that a member has had."""
    with city.node(name).store.reading() as tx:
        batches = tx[Documents].recent("received", ReceiptBatch.KIND)
    leaves = [leaf for batch in batches for leaf in unpack_leaves(batch.enclosures[0])]
    return [Receipt.model_validate_json(leaf).reason_code for leaf in leaves]


def opinions_queue(city: City) -> str:
    return queue_for(Opinion.KIND, city.address("window"), Urgency.ORDINARY)


@pytest.mark.parametrize("body", [b"", b"{}", b"\x00" * 5000, "公文".encode(), b"\x83\x01\x40\xd8\x60\x80"])
def test_what_is_no_envelope_is_set_aside_and_the_next_message_is_handled(city: City, body: bytes) -> None:
    push(city, f"{city.address('planning')}.inbox", body)
    wait_until(lambda: len(reasons(city, "planning")) == 1, what="the dead letter")
    assert reasons(city, "planning") == ["malformed"]

    case = city.submit()
    city.reply("planning", case)

    assert city.part(case, "planning").state is PartState.ANSWERED


def test_an_opinion_signed_by_another_department_is_returned_and_changes_nothing(city: City) -> None:
    case = city.submit()
    forged = city.opinion("transport", case)
    push(city, opinions_queue(city), sealed_opinion(city, "planning", forged))
    city.reply("planning", case)

    assert city.part(case, "transport").state is PartState.SIGNED
    now = city.clock.now()
    with city.window.store.transaction() as tx:  # what lies there for a person or an own system, given back at once
        returned = [one for one in tx[Leases].lease("look", 100, now, now) if one.kind == Opinion.KIND]
    assert [entry.sender for entry in returned] == [city.address("planning")]


def test_an_opinion_that_names_another_sender_than_its_signer_is_forged(city: City) -> None:
    case = city.submit()
    forged = city.opinion("transport", case)
    push(city, opinions_queue(city), sealed_opinion(city, "planning", forged, sender=city.address("transport")))
    wait_until(lambda: reasons(city, "window") == ["forged"], what="the dead letter")
    assert city.part(case, "transport").state is PartState.SIGNED


def test_a_message_id_used_again_for_other_bytes_goes_back_and_changes_nothing(city: City) -> None:
    case = city.submit()
    first = city.opinion("planning", case)
    second = city.opinion("planning", case, Verdict.DISAGREE, reasons="other", basis=("other",))
    push(city, opinions_queue(city), sealed_opinion(city, "planning", first))
    wait_until(lambda: city.part(case, "planning").state is PartState.ANSWERED, what="the first")
    push(city, opinions_queue(city), sealed_opinion(city, "planning", second))
    wait_until(lambda: "id-reused" in receipts_of(city, "planning"), what="the receipt that returns it")
    assert reasons(city, "window") == []
    assert city.part(case, "planning").verdict is Verdict.AGREE


def test_the_same_envelope_again_changes_nothing_and_is_no_dead_letter(city: City) -> None:
    case = city.submit()
    envelope = sealed_opinion(city, "planning", city.opinion("planning", case))
    for _ in range(3):
        push(city, opinions_queue(city), envelope)
    wait_until(lambda: city.part(case, "planning").state is PartState.ANSWERED, what="the opinion")
    city.reply("transport", case)

    with city.window.store.reading() as tx:
        journal = [entry.event for entry in tx.journal_of(case.number)]
    assert journal.count("opinion") == 2
    assert reasons(city, "window") == []


def test_an_envelope_for_somebody_else_is_set_aside_as_such(city: City) -> None:
    case = city.submit()
    opinion = city.opinion("planning", case)
    envelope = sealed_opinion(city, "planning", opinion, addressees=(city.address("monitor"),))
    push(city, opinions_queue(city), envelope)
    wait_until(lambda: reasons(city, "window") == ["not-for-us"], what="the dead letter")


def test_receipts_that_are_not_those_whose_root_was_signed_are_forged_and_hold_up_nothing(city: City) -> None:
    case = city.submit(settle=False)
    window, planning = city.address("window"), city.address("planning")
    batch = ReceiptBatch(root="0" * 64, size=1, receiver=planning, sender=window, at=city.clock.now())
    message_id = "11111111-1111-4111-8111-111111111111"
    header = Header(
        message_id=message_id,
        conversation_id=message_id,
        kind=ReceiptBatch.KIND,
        sender=planning,
        addressees=(window,),
        created_at=city.clock.now(),
    )
    sealed = seal(
        header, batch, city.node("planning").identity, [city.window.directory.recipient(window, header.suite)],
        (pack_leaves([b"{}"]),),
    )  # fmt: skip
    push(city, queue_for(batch.KIND, window, Urgency.ORDINARY), envelope_for(sealed.common, sealed.recipients[window]))
    wait_until(lambda: len(reasons(city, "window")) == 1, what="the dead letter")

    with city.window.store.reading() as tx:
        [letter] = tx[Inbox].dead_letters()
    assert (letter.reason_code, letter.stage) == ("forged", "open")
    assert "root was signed" in letter.reason
    city.local.settle()
    assert city.part(case, "planning").state is PartState.SIGNED
