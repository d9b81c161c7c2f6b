"""What a member has on record that was signed, verified as it is asked for: documents, and receipts of both sides."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange.audit.log.leaves import LogEntry
from exchange.directory import Lookup
from exchange.envelope import Verified, unpack_leaves
from exchange.envelope.document import prove_signed, read_proved
from exchange.errors import ExchangeError
from exchange.messaging.attested.contradiction import DocumentRef
from exchange.messaging.documents import FAULTY, Documents
from exchange.messaging.owed.store import OwedBatches
from exchange.messaging.receipts import read_receipt
from exchange.messaging.records import StoredDocument
from exchange.messaging.tables import inbox
from exchange.schemas import Body, Header, Receipt, ReceiptBatch, ReceiptOutcome
from exchange.store.journal import facts_in
from exchange.store.rows import Row, TableRows
from exchange.store.tables import journal
from exchange.store.transaction import Transaction
from exchange.workdays import WorkingCalendar

JOURNAL = "journal"
"""The kind under which a line of a journal is named, with its number and the digest of its leaf."""


@dataclass(frozen=True)
class RecordedPaper:
    """A document on record, and what it says if it is what was signed."""

    ref: DocumentRef
    direction: str
    recorded_at: datetime
    header: Header | None = None
    """None where the bytes do not verify."""
    body: Body | None = None
    """None where they do not, or nobody can read them."""
    fault: ExchangeError | None = None
    """Why they do not verify."""
    enclosed: tuple[bytes, ...] = ()
    """SHA-256 of each enclosure, as signed."""
    enclosures: tuple[bytes, ...] = ()

    @property
    def signed_at(self) -> datetime | None:
        """When it says that it was signed."""
        return self.header.created_at if self.header is not None else None


@dataclass(frozen=True)
class JournalLine:
    """A line of the member's journal: no message says it, and the signed heads of the member's log seal it."""

    ref: DocumentRef
    at: datetime
    event: str
    detail: Mapping[str, Any]

    @classmethod
    def of(cls, member: str, row: Row) -> JournalLine:
        """Read a row of the journal; its digest is that of the leaf under which the log has it."""
        leaf = LogEntry(row["id"], row["at"], row["event"], row["case_number"], row["message_id"], row["detail"])
        digest = hashlib.sha256(leaf.as_leaf()).hexdigest()
        ref = DocumentRef(member, str(row["id"]), JOURNAL, digest)
        return cls(ref, row["at"], row["event"], facts_in(row["detail"]))


@dataclass(frozen=True)
class GivenReceipt:
    """A receipt that the member gave for what came, with what its inbox says of that."""

    receipt: Receipt
    recorded_at: datetime
    arrived_latest: datetime
    batch: DocumentRef

    @property
    def accepted(self) -> bool:
        """Whether it was taken in."""
        return self.receipt.outcome is ReceiptOutcome.ACCEPTED

    def spans(self, moment: datetime) -> bool:
        """Whether a moment lies between its arrival and this receipt: when it was handled."""
        return self.receipt.arrived_at <= moment <= self.receipt.signed_for_at

    def arrived(self, no_earlier: datetime | None) -> frozenset[datetime]:
        """Return the moments at which it may be on record as arrived: the one that was signed.

        Where a broker's clock was ahead, what was signed is when it was recorded, and the broker's word stands beside.
        """
        found = {self.receipt.arrived_at}
        if self.receipt.arrived_at == self.recorded_at:
            found.add(self.arrived_latest)
        return frozenset(max(one, no_earlier) if no_earlier is not None else one for one in found)


class RowsView:
    """One state of one member's database, with those by whom its documents are verified."""

    def __init__(self, member: str, tx: Transaction, trust: Lookup, calendar: WorkingCalendar) -> None:
        self.member, self.tx, self.trust, self.calendar = member, tx, trust, calendar
        self._conversations: dict[str, list[RecordedPaper]] = {}
        self._named: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self._papers: dict[tuple[str, str, str], RecordedPaper] = {}
        self._leaves: dict[tuple[str, str], Sequence[Receipt | None]] = {}
        self._owed: frozenset[str] | None = None

    @property
    def rows(self) -> TableRows:
        """Rows of any table, in the same state."""
        return self.tx[TableRows]

    def paper(self, sender: str, message_id: str) -> RecordedPaper | None:
        """Return a document by its sender and id; None where it is not on record."""
        stored = self.tx[Documents].get(sender, message_id)
        return self.read(stored) if stored is not None else None

    def papers_of(self, conversation: str) -> list[RecordedPaper]:
        """Return the documents of a conversation, in the order recorded."""
        if conversation not in self._conversations:
            found = [self.read(one) for one in self.tx[Documents].of_conversation(conversation)]
            self._conversations[conversation] = found
        return self._conversations[conversation]

    def named(self, conversation: str, kind: str, sender: str | None = None) -> list[tuple[str, str]]:
        """Return the senders and ids of a conversation's documents of one kind, in the order recorded; none is read."""
        key = (conversation, kind)
        if key not in self._named:
            self._named[key] = self.tx[Documents].named(conversation, kind)
        return [one for one in self._named[key] if sender is None or one[0] == sender]

    def accepted(self, paper: RecordedPaper) -> bool:
        """Return whether this member has signed that it takes in what came; not while the receipt is owed."""
        given = self.own_receipt(paper.ref.sender, paper.ref.message_id)
        return given is not None and given.accepted

    def sent_back(self, paper: RecordedPaper) -> bool:
        """Return whether this member has signed that it does not take in what came."""
        given = self.own_receipt(paper.ref.sender, paper.ref.message_id)
        return given is not None and not given.accepted

    def enclosed(self, signed: bytes) -> Verified | None:
        """Return a signed document that lies in another one; None where it does not verify."""
        try:
            return read_proved(prove_signed(signed, self.trust))
        except ExchangeError:
            return None

    def find(self, message_id: str) -> list[RecordedPaper]:
        """Return the documents of an id, whoever has signed them."""
        return [self.read(one) for one in self.tx[Documents].find(message_id)]

    def recorded(
        self, words: str, direction: str, kind: str, at: datetime, until: datetime | None = None
    ) -> list[RecordedPaper]:
        """Return the documents of a kind in which these words occur that were recorded at a moment, or from it on."""
        found = self.tx[Documents].with_words(words.encode(), direction, kind, at, until or at)
        return [self.read(one) for one in found]

    def journaled(self, case_number: str, *events: str) -> list[JournalLine]:
        """Return the lines of this member's journal about a case, of these events, in their order."""
        rows = self.rows.where(journal, "case_number", (case_number,), ("id",))
        return [JournalLine.of(self.member, row) for row in rows if row["event"] in events]

    def own_receipt(self, sender: str, message_id: str) -> GivenReceipt | None:
        """Return this member's own receipt for what came; None while it is owed, or where none is on record."""
        for row in self.rows.where(inbox, "message_id", (message_id,)):
            if row["sender"] == sender and row["receipt_id"] is not None:
                receipt = self.given(sender, message_id, row["digest"], row["receipt_id"])
                batch = self.paper(self.member, row["receipt_id"])
                if receipt is None or batch is None:
                    return None
                return GivenReceipt(receipt, row["recorded_at"], row["arrived_latest"], batch.ref)
        return None

    def read(self, stored: StoredDocument) -> RecordedPaper:
        """Return a stored document, verified."""
        key = (stored.sender, stored.message_id, stored.direction)
        found = self._papers.get(key)
        if found is None:
            found = self._papers[key] = _verified(stored, self.trust)
        return found

    def taken(self, addressee: str, batch_id: str, index: int | None) -> Receipt | None:
        """Return the receipt of an addressee at a place of a batch; None where there is none, or it is not signed."""
        leaves = self.receipts_in(addressee, batch_id)
        return leaves[index] if index is not None and 0 <= index < len(leaves) else None

    def given(self, sender: str, message_id: str, digest: str, batch_id: str) -> Receipt | None:
        """Return the receipt that this member gave, in this batch, for a message; of these bytes if there are two."""
        here = [one for one in self.receipts_in(self.member, batch_id)
                if one is not None and (one.sender, one.message_id) == (sender, message_id)]  # fmt: skip
        return next((one for one in here if one.digest == digest), here[0] if here else None)

    def receipts_in(self, signer: str, batch_id: str) -> Sequence[Receipt | None]:
        """Return the receipts of a batch, in their places; none of a batch that is not on record, or not signed."""
        key = (signer, batch_id)
        if key not in self._leaves:
            paper = self.paper(signer, batch_id)
            self._leaves[key] = _receipts(paper) if paper is not None else ()
        return self._leaves[key]

    def is_owed(self, batch_id: str) -> bool:
        """Return whether a batch of receipts is begun, and not signed yet."""
        if self._owed is None:
            self._owed = frozenset(one.receipt_id for one in self.tx[OwedBatches].all().values())
        return batch_id in self._owed


def _verified(stored: StoredDocument, trust: Lookup) -> RecordedPaper:
    digest = hashlib.sha256(stored.signed).hexdigest()
    ref = DocumentRef(stored.sender, stored.message_id, stored.kind, digest)
    here = (ref, stored.direction, stored.recorded_at)
    try:
        proved = prove_signed(stored.signed, trust)
        if stored.kind == FAULTY:
            return RecordedPaper(*here, enclosures=stored.enclosures)
        # When it counts was judged as it came in: two people may have released what an ended certificate has signed.
        verified = read_proved(proved)
    except ExchangeError as error:
        return RecordedPaper(*here, fault=error, enclosures=stored.enclosures)
    return RecordedPaper(*here, verified.header, verified.body, None, verified.enclosures, stored.enclosures)


def _receipts(paper: RecordedPaper) -> Sequence[Receipt | None]:
    """The leaves under a signed root; what is not under it is nobody's receipt."""
    body = paper.body
    if not isinstance(body, ReceiptBatch) or len(paper.enclosures) != 1:
        return ()
    if [hashlib.sha256(one).digest() for one in paper.enclosures] != list(paper.enclosed):
        return ()
    try:
        return [read_receipt(leaf) for leaf in unpack_leaves(paper.enclosures[0])]
    except ExchangeError:
        return ()
