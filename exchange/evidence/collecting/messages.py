"""Messages on record at a member, with the receipts that it has for them, and those that it has given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from exchange.audit import prove_receipt
from exchange.envelope import unpack_leaves
from exchange.errors import ExchangeError
from exchange.evidence.collecting.parts import BundleParts
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.receipts import proven_copies, read_receipt
from exchange.messaging.records import StoredDocument
from exchange.schemas import ReceiptBatch, ReceiptProof
from exchange.store.transaction import Transaction


def add_messages(parts: BundleParts, tx: Transaction, member: str, those: Iterable[StoredDocument]) -> None:
    """Add messages on record as they came, with every receipt for them that is on record here."""
    for stored in those:
        if stored.kind == ReceiptBatch.KIND:
            continue
        parts.document(stored.signed, stored.enclosures)
        found = _received(tx, stored) if stored.direction == "sent" else _given(tx, member, stored)
        for proof in found:
            parts.receipt(proof)


def _received(tx: Transaction, stored: StoredDocument) -> Iterator[ReceiptProof]:
    for _, proof in proven_copies(tx, stored.message_id):
        if proof is not None:
            yield proof


def _given(tx: Transaction, member: str, stored: StoredDocument) -> Iterator[ReceiptProof]:
    """The receipt that this member gave; none while it is owed, or where its batch is not on record."""
    known = tx[Inbox].known([(stored.sender, stored.message_id)]).get((stored.sender, stored.message_id))
    batch = tx[Documents].get(member, known.receipt_id) if known is not None and known.receipt_id else None
    if batch is None or not batch.enclosures:
        return
    leaves = unpack_leaves(batch.enclosures[0])
    for index, leaf in enumerate(leaves):
        try:
            receipt = read_receipt(leaf)
        except ExchangeError:
            continue
        if (receipt.sender, receipt.message_id) == (stored.sender, stored.message_id):
            yield prove_receipt(batch.signed, leaves, index)
