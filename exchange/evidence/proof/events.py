"""The registered-delivery events that files of a bundle carry: derived from signed bytes and nothing else. Pure.

Nothing is verified here: the maker lists what is on record, the verifier passes those files alone that hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from exchange.envelope.document import clear_header, parse_body, payload_of
from exchange.errors import ExchangeError
from exchange.evidence.bundle.events_file import EVENTS, DeliveryEvent, DeliveryEvents, EventName
from exchange.evidence.bundle.receipt_file import leaf_in
from exchange.evidence.proof.logs import ENTRIES, LOG, entry_in
from exchange.evidence.proof.records import DOCUMENTS, RECEIPTS
from exchange.messaging.log.handovers import HandoverEvent, is_handover, read_handover
from exchange.messaging.receipts import read_receipt
from exchange.schemas import DeemedConsent, Forwarding, Header, ReceiptBatch, ReceiptOutcome


def with_events(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of a bundle with the list of their events among them."""
    return {**files, EVENTS: DeliveryEvents(events=events_in(files)).as_json()}


def events_in(files: Mapping[str, bytes]) -> tuple[DeliveryEvent, ...]:
    """Return the events that these files carry, by path, in order; nothing of a file that cannot be read."""
    found: list[DeliveryEvent] = []
    for path, data in files.items():
        derive = _DERIVED.get(path.partition("/")[0])
        try:
            found += derive(path, data) if derive is not None else ()
        except ExchangeError:
            continue  # what cannot be read carries nothing; that it is there and cannot be read is told elsewhere
    return tuple(sorted(found, key=lambda one: (one.at, one.event, one.message_id, one.proof)))


def _of_document(path: str, signed: bytes) -> Iterator[DeliveryEvent]:
    header = clear_header(signed)
    if header.kind == ReceiptBatch.KIND:
        return  # no message of the conversation: the receipts in it are looked at one by one
    yield DeliveryEvent(
        event=EventName.SUBMISSION_ACCEPTANCE, message_id=header.message_id,
        digest=hashlib.sha256(signed).hexdigest(), by=header.sender, at=header.created_at, proof=path,
    )  # fmt: skip
    if header.kind == Forwarding.KIND:
        yield _relayed(path, header, parse_body(Forwarding, payload_of(signed)))
    elif header.kind == DeemedConsent.KIND:
        yield from _expired(path, header, parse_body(DeemedConsent, payload_of(signed)))


def _relayed(path: str, header: Header, body: Forwarding) -> DeliveryEvent:
    return DeliveryEvent(
        event=EventName.RELAY_ACCEPTANCE, message_id=body.notice_id, digest=body.digest, by=header.sender,
        at=header.created_at, proof=path,
    )  # fmt: skip


def _expired(path: str, header: Header, body: DeemedConsent) -> Iterator[DeliveryEvent]:
    """Of a department that has signed for the request; of another no term has begun."""
    if body.state.evidence is not None:
        asked = read_receipt(body.state.evidence.receipt)
        yield DeliveryEvent(
            event=EventName.ACCEPTANCE_REJECTION_EXPIRY, message_id=asked.message_id, digest=asked.digest,
            by=header.sender, at=body.due_at, department=body.state.department, proof=path,
        )  # fmt: skip


def _of_receipt(path: str, data: bytes) -> Iterator[DeliveryEvent]:
    receipt = read_receipt(leaf_in(data))
    returned = receipt.outcome is ReceiptOutcome.RETURNED
    yield DeliveryEvent(
        event=EventName.CONSIGNMENT_REJECTION if returned else EventName.CONTENT_CONSIGNMENT,
        message_id=receipt.message_id, digest=receipt.digest, by=receipt.receiver, at=receipt.signed_for_at,
        arrived_at=receipt.arrived_at, reason_code=receipt.reason_code, proof=path,
    )  # fmt: skip


def _of_log(path: str, data: bytes) -> Iterator[DeliveryEvent]:
    """An entry of a journal that says that the member's own system has a message, or did not say so."""
    _, member, folder, _ = ([*path.split("/"), "", "", ""])[:4]
    entry = entry_in(data) if folder == ENTRIES else None
    if entry is None or not is_handover(entry.event):
        return
    told = read_handover(entry.event, entry.at, entry.message_id, entry.detail)
    yield DeliveryEvent(
        event=_HANDED_OVER[told.event], message_id=told.message_id, digest=told.digest, by=member, at=told.at,
        system=told.system.name or None if told.system is not None else None, proof=path,
    )  # fmt: skip


_HANDED_OVER = {
    HandoverEvent.DONE: EventName.CONTENT_HANDOVER,
    HandoverEvent.FAILED: EventName.CONTENT_HANDOVER_FAILURE,
}
_DERIVED = {DOCUMENTS: _of_document, RECEIPTS: _of_receipt, LOG: _of_log}
