"""Official documents between departments: byte for byte, with receipts, and not at all if they are classified."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.audit import verify_receipt
from exchange.broker.admin.node_info import NodeInfo
from exchange.documents.send import send_document
from exchange.envelope import verify_signed
from exchange.errors import CallerError, NotFound, Secret
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.messaging.receipts import receipt_proof
from exchange.messaging.records import OutboxState
from exchange.operations.tasks.duties import DutyKind
from exchange.schemas import Attachment, Classification, Document, DocumentKind, DocumentNumber, Purpose, Urgency
from tests.journeys.city import City, make_city
from tests.journeys.waits import duties
from tests.published import document_of
from tests.real_input import state_council_documents

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        yield city


def letter(city: City, **fields: object) -> Document:
    full: dict[str, object] = {
        "number": DocumentNumber(agency="合规函", year=2026, serial=3),
        "kind": DocumentKind.LETTER,
        "issuer": "自然资源和规划局",
        "title": "关于商请提供路网资料的函",
        "addressees": ("交通运输局",),
        "body": "请于三月底前提供。",
        "date": city.clock.now().date(),
    }
    return Document(**{**full, **fields})


def send(city: City, document: Document, *enclosures: bytes) -> str:
    message_id = send_document(city.node("planning"), document, [city.address("transport")], enclosures=enclosures)
    city.wake("planning")
    city.local.settle()
    return message_id


def test_sixty_real_documents_arrive_byte_for_byte_and_signed_for(city: City) -> None:
    records = state_council_documents()
    assert len(records) == 60
    planning, transport = city.node("planning"), city.address("transport")
    record_only = {"purpose": Purpose.RECORD}
    sent = {
        send_document(planning, document_of(record).model_copy(update=record_only), [transport]): record
        for record in records
    }
    city.wake("planning")
    city.local.settle()

    with city.node("planning").store.reading() as tx:
        originals = {one.message_id: one.signed for one in tx[Documents].recent("sent", "document", 100)}
    with city.node("transport").store.reading() as tx:
        received = tx[Documents].recent("received", "document", 100)
    assert {one.message_id for one in received} == set(sent)
    for one in received:
        assert one.signed == originals[one.message_id]
        body = verify_signed(one.signed, city.node("transport").directory).body
        assert isinstance(body, Document)
        assert body.body == sent[one.message_id]["text"]
        assert str(body.number) == sent[one.message_id]["doc_number"]
    with city.node("planning").store.reading() as tx:
        copies = [tx[Outbox].rows(message_id)[0] for message_id in sent]
    assert all(copy.state is OutboxState.DELIVERED for copy in copies)


def test_each_receipt_proves_its_document_alone(city: City) -> None:
    ids = [send_document(city.node("planning"), letter(city), [city.address("transport")]) for _ in range(5)]
    city.wake("planning")
    city.local.settle()
    with city.node("planning").store.reading() as tx:
        for message_id in ids:
            copy = tx[Outbox].rows(message_id)[0]
            assert copy.receipt_id is not None
            assert copy.receipt_index is not None
            proof = receipt_proof(tx, city.address("transport"), copy.receipt_id, copy.receipt_index)
            receipt = verify_receipt(proof, city.window.directory)
            assert (receipt.message_id, receipt.receiver) == (message_id, city.address("transport"))


def test_an_attachment_travels_bound_by_its_digest(city: City) -> None:
    import hashlib

    content = b"%PDF-1.7 road network"
    attachment = Attachment(
        name="路网.pdf", media_type="application/pdf", size=len(content), digest=hashlib.sha256(content).hexdigest()
    )
    message_id = send(city, letter(city, attachments=(attachment,)), content)
    with city.node("transport").store.reading() as tx:
        stored = tx[Documents].get(city.address("planning"), message_id)
    assert stored is not None
    assert stored.enclosures == (content,)


def test_an_attachment_that_was_not_named_is_refused_before_anything_is_sent(city: City) -> None:
    with pytest.raises(CallerError):
        send(city, letter(city), b"unnamed")


def test_a_classified_document_is_refused_at_the_door_and_leaves_nothing_behind(city: City) -> None:
    for document in (letter(city, classification=Classification.SECRET), letter(city, body="机密★10年\n正文")):
        with pytest.raises(Secret):
            send(city, document)
    with city.node("planning").store.reading() as tx:
        assert tx[Documents].recent() == []


def test_a_classified_document_from_a_careless_sender_is_returned_with_the_reason(city: City) -> None:
    with city.node("planning").step() as step:
        message_id = step.send(letter(city, classification=Classification.CONFIDENTIAL), [city.address("transport")])
    city.wake("planning")
    city.local.settle()
    with city.node("planning").store.reading() as tx:
        copy = tx[Outbox].rows(message_id)[0]
    assert copy.state is OutboxState.RETURNED
    assert copy.last_error is not None
    assert copy.last_error.startswith("secret:")
    assert duties(city.node("planning")) == {message_id: DutyKind.LOOK_AT_RETURNED}


def test_an_unknown_addressee_is_an_error_at_once(city: City) -> None:
    with pytest.raises(NotFound):
        send_document(city.node("planning"), letter(city), [city.address("nobody")])


def test_an_urgent_document_takes_the_urgent_queue(city: City) -> None:
    message_id = send(city, letter(city, urgency=Urgency.EXTRA_URGENT))
    with city.node("planning").store.reading() as tx:
        copy = tx[Outbox].rows(message_id)[0]
    assert copy.queue.endswith(".inbox.urgent")
    assert copy.state is OutboxState.DELIVERED
