"""Documents on record: their bytes are what was signed, and whatever a receipt among them speaks of is on record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from exchange.messaging.attested.contradiction import DocumentRef, RowAt, RowContradiction, said
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.messaging.records import StoredDocument
from exchange.messaging.rules.moments import precedes
from exchange.messaging.tables import document, inbox, outbox_copy, outbox_message
from exchange.schemas import Receipt, ReceiptBatch
from exchange.store.codec import split
from exchange.store.rows import Row


def papers_rule(papers: Sequence[PaperRule]) -> RowRule:
    """Return the rule of documents, each held against rows by the rules of its kind, too."""
    by_kind: dict[tuple[str, str], list[PaperRule]] = {}
    for one in papers:
        by_kind.setdefault((one.kind, one.direction), []).append(one)

    def check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
        paper = view.read(_stored(row))
        yield from _check(view, at, row, paper)
        if paper.body is not None:
            for rule in by_kind.get((paper.ref.kind, paper.direction), ()):
                yield from rule.check(view, paper)

    return RowRule(document, ("message_id", "sender"), check, newest="recorded_at", message="message_id")


def _check(view: RowsView, at: RowAt, row: Row, paper: RecordedPaper) -> Iterator[RowContradiction]:
    if paper.fault is not None:
        yield at.not_signed("signed", paper.ref.digest, said(paper.fault), paper.ref)
        return
    yield from at.differs("digest", row["digest"], paper.ref.digest, paper.ref)
    enclosed = [digest.hex() for digest in paper.enclosed]
    lying = [hashlib.sha256(one).hexdigest() for one in paper.enclosures]
    if lying and paper.header is not None and lying != enclosed:
        yield at.not_signed("enclosures", ", ".join(lying), ", ".join(enclosed) or "-", paper.ref)
    yield from _headed(view, at, row, paper)
    if isinstance(paper.body, ReceiptBatch):
        yield from _receipts(view, paper)


def _stored(row: Row) -> StoredDocument:
    return StoredDocument(
        row["sender"], row["message_id"], row["conversation_id"], row["kind"], row["direction"], row["signed"],
        split(row["enclosures"]), row["recorded_at"],
    )  # fmt: skip


def _headed(view: RowsView, at: RowAt, row: Row, paper: RecordedPaper) -> Iterator[RowContradiction]:
    header = paper.header
    if header is None:
        return
    for column, signed in (
        ("sender", header.sender), ("message_id", header.message_id), ("conversation_id", header.conversation_id),
        ("kind", header.kind),
    ):  # fmt: skip
        yield from at.differs(column, row[column], signed, paper.ref)
    if row["direction"] == "sent":
        yield from at.differs("direction", view.member, header.sender, paper.ref)


def _receipts(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """Whatever is signed for is on record: of others here in the outbox, of this member in its inbox."""
    if paper.direction == "received":
        leaves = [one for one in view.receipts_in(paper.ref.sender, paper.ref.message_id) if one is not None]
        yield from _signed_by_others(view, paper.ref, leaves)
    else:
        leaves = [one for one in view.receipts_in(view.member, paper.ref.message_id) if one is not None]
        yield from _signed_here(view, paper.ref, leaves)


def _signed_by_others(view: RowsView, ref: DocumentRef, leaves: list[Receipt]) -> Iterator[RowContradiction]:
    ids = {one.message_id for one in leaves}
    ours = {one["message_id"]: one for one in view.rows.where(outbox_message, "message_id", ids)}
    copies = {(one["message_id"], one["addressee"]): one for one in view.rows.where(outbox_copy, "message_id", ids)}
    for receipt in leaves:
        message, copy = ours.get(receipt.message_id), copies.get((receipt.message_id, receipt.receiver))
        key = f"{receipt.message_id} · {receipt.receiver}"
        at = RowAt(view.member, outbox_copy.name, key)
        if message is not None and message["digest"] != receipt.digest:
            continue  # for other words than ours: it counts for nothing
        if copy is None:
            if receipt.sender == view.member:
                yield at.left_out("message_id", None, receipt.outcome.value, ref)
        elif copy["receipt_id"] is None and not precedes(receipt.signed_for_at, copy["written_at"]):
            yield at.left_out("receipt_id", None, ref.message_id, ref)


def _signed_here(view: RowsView, ref: DocumentRef, leaves: list[Receipt]) -> Iterator[RowContradiction]:
    rows = view.rows.where(inbox, "message_id", {one.message_id for one in leaves})
    here: Mapping[Any, Row] = {(one["sender"], one["message_id"]): one for one in rows}
    for receipt in leaves:
        if (receipt.sender, receipt.message_id) not in here:
            at = RowAt(view.member, inbox.name, f"{receipt.message_id} · {receipt.sender}")
            yield at.left_out("message_id", None, receipt.outcome.value, ref)
