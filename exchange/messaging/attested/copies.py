"""Rows of the outbox against the document that was signed, and against the receipts of its addressees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange.messaging.attested.contradiction import DocumentRef, RowAt, RowContradiction
from exchange.messaging.attested.rule import RowRule
from exchange.messaging.attested.view import RowsView
from exchange.messaging.copy_states import BY_RECEIPT
from exchange.messaging.records import OutboxState
from exchange.messaging.rules.moments import precedes
from exchange.messaging.tables import outbox_copy, outbox_message
from exchange.schemas import Receipt, ReceiptOutcome
from exchange.store.rows import Row

_STATES = {ReceiptOutcome.ACCEPTED: OutboxState.DELIVERED, ReceiptOutcome.RETURNED: OutboxState.RETURNED}


def _check_message(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = view.paper(view.member, row["message_id"])
    if paper is None:
        yield at.unproved("message_id", row["message_id"])
    elif paper.header is not None:
        header = paper.header
        yield from at.differs("digest", row["digest"], paper.ref.digest, paper.ref)
        yield from at.differs("kind", row["kind"], header.kind, paper.ref)
        yield from at.differs("conversation_id", row["conversation_id"], header.conversation_id, paper.ref)
        yield from at.differs("urgency", row["urgency"], header.urgency.value, paper.ref)
        if row["copies"] is not None:
            yield from at.differs("copies", row["copies"], len(header.addressees), paper.ref)


def _check_copy(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = view.paper(view.member, row["message_id"])
    if paper is not None and paper.header is not None and row["addressee"] not in paper.header.addressees:
        yield from at.differs("addressee", row["addressee"], ", ".join(paper.header.addressees), paper.ref)
    if row["receipt_id"] is None:
        if row["state"] in BY_RECEIPT and row["needs_receipt"]:
            yield at.unproved("state", row["state"], paper.ref if paper is not None else None)
        return
    batch = view.paper(row["addressee"], row["receipt_id"])
    if batch is not None and batch.fault is not None:
        return  # the document's own row says so
    receipt = view.taken(row["addressee"], row["receipt_id"], row["receipt_index"])
    if batch is None or receipt is None:
        yield at.unproved("receipt_id", row["receipt_id"], batch.ref if batch is not None else None)
        return
    digest = paper.ref.digest if paper is not None and paper.fault is None else receipt.digest
    signed = (receipt.sender, receipt.message_id, receipt.digest)
    if signed != (view.member, row["message_id"], digest):
        yield from at.differs("receipt_index", row["receipt_index"], receipt.message_id, batch.ref)
        return
    yield from _as_signed(at, row, receipt, batch.ref)


def _as_signed(at: RowAt, row: Row, receipt: Receipt, batch: DocumentRef) -> Iterator[RowContradiction]:
    state = _STATES[receipt.outcome]
    if row["state"] != state:
        yield from at.differs("state", row["state"], state, batch)
        return
    column = "delivered_at" if state is OutboxState.DELIVERED else "returned_at"
    settled: datetime | None = row[column]
    if settled is None or precedes(settled, receipt.signed_for_at):
        yield from at.differs(column, settled, receipt.signed_for_at, batch)


MESSAGES = RowRule(outbox_message, ("message_id",), _check_message, message="message_id")
COPIES = RowRule(outbox_copy, ("message_id", "addressee"), _check_copy, newest="written_at", message="message_id")
