"""Rows of the inbox against the document that came, the receipt that this member has signed for it, and its journal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange.messaging.attested.contradiction import DocumentRef, RowAt, RowContradiction
from exchange.messaging.attested.rule import RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.messaging.log.handovers import HandoverEvent, Handovers
from exchange.messaging.tables import inbox
from exchange.schemas import Receipt, ReceiptBatch, ReceiptOutcome
from exchange.store.rows import Row


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = view.paper(row["sender"], row["message_id"])
    if paper is None:
        yield at.unproved("message_id", row["message_id"])
    elif paper.fault is not None:
        return  # the document's own row says so
    else:
        yield from at.differs("digest", row["digest"], paper.ref.digest, paper.ref)
        if paper.header is not None:
            yield from at.differs("kind", row["kind"], paper.header.kind, paper.ref)
    yield from _signed_for(view, at, row, paper)
    yield from _handed_over(view, at, row)


def _signed_for(view: RowsView, at: RowAt, row: Row, paper: RecordedPaper | None) -> Iterator[RowContradiction]:
    batch = row["receipt_id"]
    if batch is None:
        if row["kind"] != ReceiptBatch.KIND:
            yield at.unproved("receipt_id", None, paper.ref if paper is not None else None)
        return
    if view.is_owed(batch):
        return
    signed = view.paper(view.member, batch)
    if signed is not None and signed.fault is not None:
        return
    receipt = view.given(row["sender"], row["message_id"], row["digest"], batch)
    if signed is None or receipt is None:
        yield at.unproved("receipt_id", batch, signed.ref if signed is not None else None)
        return
    yield from _as_signed(at, row, receipt, signed)


def _as_signed(at: RowAt, row: Row, receipt: Receipt, signed: RecordedPaper) -> Iterator[RowContradiction]:
    accepted = receipt.outcome is ReceiptOutcome.ACCEPTED
    yield from at.differs("accepted", _outcome(row["accepted"]), _outcome(accepted), signed.ref)
    if row["recorded_at"] > receipt.signed_for_at:
        yield from at.differs("recorded_at", row["recorded_at"], receipt.signed_for_at, signed.ref)
    # A broker's clock may be ahead: what came later than it was recorded was signed for as come when it was recorded.
    arrived: datetime = min(row["arrived_latest"], row["recorded_at"])
    if arrived != receipt.arrived_at:
        yield from at.differs("arrived_latest", row["arrived_latest"], receipt.arrived_at, signed.ref)
    if row["arrived_earliest"] > max(receipt.arrived_at, row["arrived_latest"]):
        yield from at.differs("arrived_earliest", row["arrived_earliest"], receipt.arrived_at, signed.ref)


def _handed_over(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """Whether the own system has it is said by the journal, too, which the log seals; earlier releases did not."""
    lines = [one for one in view.tx[Handovers].of([row["message_id"]]) if one.sender == row["sender"]]
    for line in lines:
        if line.event is HandoverEvent.DONE:
            head = DocumentRef(view.member, row["message_id"], line.event.value, line.digest)
            yield from at.differs("taken_at", row["taken_at"], line.at, head)
            yield from at.differs("digest", row["digest"], line.digest, head)


def _outcome(accepted: object) -> str:
    return (ReceiptOutcome.ACCEPTED if accepted else ReceiptOutcome.RETURNED).value


INBOXES = RowRule(inbox, ("message_id", "sender"), _check, newest="recorded_at", message="message_id")
