"""Receipts taken for what we sent; those that are given for what arrived are `exchange.messaging.owed.book`'s.

One signature covers many of them; each receipt is a leaf of a Merkle tree whose root is signed, so that each document's
proof stands alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from exchange.audit import prove_receipt, tree_root
from exchange.envelope import Opened, unpack_leaves
from exchange.envelope.strict import read_model
from exchange.errors import Forged, Implausible, Malformed
from exchange.machine.logger import get_logger
from exchange.messaging.documents import Documents
from exchange.messaging.node import Step
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxView, Signed
from exchange.messaging.rules.moments import moment_text
from exchange.schemas import Receipt, ReceiptBatch, ReceiptOutcome, ReceiptProof
from exchange.schemas.instants import CLOCK_SKEW
from exchange.store.transaction import Transaction

log = get_logger()

OnSigned = Callable[[Step, Sequence[Signed], Sequence[Receipt]], None]
"""What a role does when an addressee has signed for, or returned, its messages."""


class ReceiptTray:
    """Receipts for messages of ours that came one after another: their outbox rows are done, all by one statement."""

    def __init__(self, step: Step, on_signed: OnSigned | None) -> None:
        self._step = step
        self._on_signed = on_signed
        self._receipts: list[tuple[Signed, Receipt]] = []
        self.settled: list[Signed] = []
        """Receipts that were the first for what they are about."""

    def put(self, receipts: Sequence[tuple[Signed, Receipt]]) -> None:
        """Add a batch as `read_receipts` found it."""
        self._receipts += receipts

    def empty(self) -> None:
        """Settle what lies in the tray; called before anything that came later is handled."""
        if not self._receipts:
            return
        receipts, self._receipts = dict(self._receipts), []
        moved = self._step.tx[Outbox].mark_signed(list(receipts), self._step.now)
        self.settled += moved
        for item in self._step.tx[Outbox].implausible:
            said = moment_text(item.signed_for_at) if item.signed_for_at else ""
            log.warning("receipt.implausible", message_id=item.message_id, addressee=item.addressee, signed_for=said)
            self._step.note(
                "receipt-implausible", None, item.message_id, addressee=item.addressee, signed_for=said,
                receipt=item.receipt_id,
            )  # fmt: skip
        self._step.tx[Outbox].implausible.clear()
        if moved and self._on_signed is not None:
            self._on_signed(self._step, moved, [receipts[item] for item in moved])


def read_receipts(opened: Opened) -> list[tuple[Signed, Receipt]]:
    """Read the single receipts of a batch. Raises Malformed, or Forged when they are not those that were signed."""
    batch = opened.body
    if not isinstance(batch, ReceiptBatch) or len(opened.enclosures) != 1:
        raise Malformed("a receipt message carries exactly one list of receipts")
    leaves = unpack_leaves(opened.enclosures[0])
    if len(leaves) != batch.size or tree_root(leaves).hex() != batch.root:
        raise Forged("the receipts are not those whose root was signed")
    receipts = [_leaf(leaf, opened, batch) for leaf in leaves]
    numbered = enumerate(zip(receipts, leaves, strict=True))
    return [(_signed(receipt, opened, index, leaf), receipt) for index, (receipt, leaf) in numbered]


def read_receipt(leaf: bytes) -> Receipt:
    """Read one receipt as it came. Raises Malformed."""
    return read_model(Receipt, leaf, "receipt")


def _signed(receipt: Receipt, opened: Opened, index: int, leaf: bytes) -> Signed:
    return Signed(
        message_id=receipt.message_id,
        addressee=receipt.receiver,
        accepted=receipt.outcome is ReceiptOutcome.ACCEPTED,
        receipt_id=opened.header.message_id,
        index=index,
        digest=receipt.digest,
        reason=f"{receipt.reason_code}: {receipt.reason}" if receipt.reason_code else None,
        proof=hashlib.sha256(leaf).hexdigest(),
        signed_for_at=receipt.signed_for_at,
    )


def _leaf(leaf: bytes, opened: Opened, batch: ReceiptBatch) -> Receipt:
    receipt = read_receipt(leaf)
    if receipt.receiver != opened.header.sender or batch.receiver != receipt.receiver or batch.sender != receipt.sender:
        raise Forged("a receipt speaks for somebody else than its signer")
    if receipt.sender not in opened.header.addressees:
        raise Forged("a receipt for somebody else's message")
    signed_at = opened.header.created_at
    if receipt.signed_for_at > signed_at + CLOCK_SKEW or receipt.arrived_at > receipt.signed_for_at + CLOCK_SKEW:
        raise Implausible(
            "a receipt says that {message_id} arrived at {arrived} and was signed for at {signed_for}, in a message"
            " signed at {signed}",
            message_id=receipt.message_id,
            arrived=moment_text(receipt.arrived_at),
            signed_for=moment_text(receipt.signed_for_at),
            signed=moment_text(signed_at),
        )
    return receipt


def receipt_proof(tx: Transaction, signer: str, receipt_id: str, index: int) -> ReceiptProof:
    """Return one receipt with its path to the signed root, from the batch on record."""
    stored = tx[Documents].get(signer, receipt_id)
    if stored is None:
        raise Malformed(
            "the receipt batch {receipt_id} of {signer} is not on record", receipt_id=receipt_id, signer=signer
        )
    return prove_receipt(stored.signed, unpack_leaves(stored.enclosures[0]), index)


def proven_copies(tx: Transaction, message_id: str) -> list[tuple[OutboxView, ReceiptProof | None]]:
    """Return every addressee's copy of a message sent from here, with the proof of its receipt once that is in."""
    return [(row, _proof_of(tx, row)) for row in tx[Outbox].rows(message_id)]


def _proof_of(tx: Transaction, row: OutboxView) -> ReceiptProof | None:
    if row.receipt_id is None or row.receipt_index is None:
        return None
    return receipt_proof(tx, row.addressee, row.receipt_id, row.receipt_index)


def proof_digest(proof: ReceiptProof) -> str:
    """Return the SHA-256 of a receipt as it came: how a deemed consent cites it."""
    return hashlib.sha256(proof.receipt).hexdigest()
