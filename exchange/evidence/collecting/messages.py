"""Messages on record at a member, with the receipts that it has for them, and those that it has given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from exchange.audit import ReceiptTree
from exchange.envelope import unpack_leaves
from exchange.errors import ExchangeError
from exchange.evidence.collecting.parts import BundleParts
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.receipts import read_receipt
from exchange.messaging.records import StoredDocument
from exchange.schemas import ReceiptBatch, ReceiptProof
from exchange.store.transaction import Transaction

_AT_ONCE = 500
"""Messages of which a database is asked at once."""


def add_messages(parts: BundleParts, tx: Transaction, member: str, those: Iterable[StoredDocument]) -> None:
    """Add messages on record as they came, with every receipt for them that is on record here."""
    batches = _Batches(tx[Documents])
    wanted = [one for one in those if one.kind != ReceiptBatch.KIND]
    for begin in range(0, len(wanted), _AT_ONCE):
        some = wanted[begin : begin + _AT_ONCE]
        for stored in some:
            parts.document(stored.signed, stored.enclosures)
        for proof in (*_received(tx, batches, some), *_given(tx, batches, member, some)):
            parts.receipt(proof)


class _Batches:
    """Batches of receipts on record here, each read once, however many receipts are cut from it."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._read: dict[tuple[str, str], _Batch | None] = {}

    def get(self, signer: str, receipt_id: str) -> _Batch | None:
        """Return a batch; None where it is not on record."""
        key = signer, receipt_id
        if key not in self._read:
            stored = self._documents.get(signer, receipt_id)
            self._read[key] = _Batch(stored) if stored is not None and stored.enclosures else None
        return self._read[key]


class _Batch:
    """A batch of receipts."""

    def __init__(self, stored: StoredDocument) -> None:
        self._leaves = unpack_leaves(stored.enclosures[0])
        self._tree = ReceiptTree(stored.signed, self._leaves)
        self._places: Mapping[tuple[str, str], list[int]] | None = None

    def proof(self, index: int) -> ReceiptProof:
        """Cut a receipt."""
        return self._tree.prove(index)

    def of(self, sender: str, message_id: str) -> Iterator[ReceiptProof]:
        """Cut those for a message."""
        if self._places is None:
            self._places = self._found()
        for index in self._places.get((sender, message_id), ()):
            yield self.proof(index)

    def _found(self) -> Mapping[tuple[str, str], list[int]]:
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, leaf in enumerate(self._leaves):
            try:
                receipt = read_receipt(leaf)
            except ExchangeError:
                continue
            found[receipt.sender, receipt.message_id].append(index)
        return found


def _received(tx: Transaction, batches: _Batches, some: Iterable[StoredDocument]) -> Iterator[ReceiptProof]:
    """The receipts that are in for what went out."""
    sent = [one.message_id for one in some if one.direction == "sent"]
    for rows in tx[Outbox].rows_of(sent).values():
        for row in rows:
            if row.receipt_id is None or row.receipt_index is None:
                continue
            batch = batches.get(row.addressee, row.receipt_id)
            if batch is not None:
                yield batch.proof(row.receipt_index)


def _given(tx: Transaction, batches: _Batches, member: str, some: Iterable[StoredDocument]) -> Iterator[ReceiptProof]:
    """The receipts that this member gave; none while one is owed, or where its batch is not on record."""
    came = [(one.sender, one.message_id) for one in some if one.direction != "sent"]
    for (sender, message_id), known in tx[Inbox].known(came).items():
        batch = batches.get(member, known.receipt_id) if known.receipt_id else None
        if batch is not None:
            yield from batch.of(sender, message_id)
