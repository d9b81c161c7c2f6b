"""What the flow needs from the outside, as interfaces and plain records: a store and a broker.

The contract in prose. All work of one step happens inside one `Store.transaction`; leaving it normally commits,
an exception rolls everything back. Every change of state is one guarded UPDATE that reports whether it happened.
The broker side moves bytes: it confirms, returns or loses a parcel, and hands over deliveries in queue order; a
delivery is acknowledged only when the function it was given to has returned.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from exchange.rules.states import CaseState as CaseState
from exchange.rules.states import PartState as PartState
from exchange.rules.states import WatchState as WatchState
from schemas import DeadlineState, Header, LedgerEntry, SentReminder, Urgency, Verdict

# --- records ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message signed and sealed, as it enters the outbox: one common ciphertext, one structure an addressee."""

    header: Header
    signed: bytes
    enclosures: tuple[bytes, ...]
    common: bytes
    recipients: Mapping[str, bytes]
    queues: Mapping[str, str]
    needs_receipt: bool = True


@dataclass(frozen=True, slots=True)
class Parcel:
    """One addressee's copy, as the dispatcher takes it from the outbox."""

    id: int
    message_id: str
    conversation_id: str
    kind: str
    addressee: str
    queue: str
    urgency: Urgency
    attempts: int
    common: bytes
    recipient: bytes


class OutboxState(StrEnum):
    """Where one addressee's copy stands. WRITTEN and SENT can be sent again at any time, harmlessly."""

    WRITTEN = "written"
    SENT = "sent"
    DELIVERED = "delivered"
    RETURNED = "returned"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OutboxView:
    """An outbox row as people look at it."""

    message_id: str
    addressee: str
    kind: str
    queue: str
    state: OutboxState
    attempts: int
    written_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    returned_at: datetime | None
    receipt_id: str | None
    receipt_index: int | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Signed:
    """An addressee's receipt for one of our messages, as found in a verified batch."""

    message_id: str
    addressee: str
    accepted: bool
    receipt_id: str
    """Message id of the batch, whose document and enclosures are kept."""
    index: int
    digest: str
    """SHA-256 of the document they signed for; must be that of ours."""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """A message recorded once, with the document as it came."""

    header: Header
    digest: str
    """SHA-256 of the envelope's signed document."""
    signed: bytes
    enclosures: tuple[bytes, ...]
    arrived_earliest: datetime
    arrived_latest: datetime
    arrival_source: str
    receipt_id: str | None
    accepted: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is on record about a message id of a sender."""

    digest: str
    receipt_id: str | None


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document on record, sent or received: signed bytes as they came."""

    sender: str
    message_id: str
    conversation_id: str
    kind: str
    direction: str
    """``sent`` or ``received``."""
    signed: bytes
    enclosures: tuple[bytes, ...]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Something that could not be taken in, with its reason; kept for operators."""

    reason_code: str
    reason: str
    stage: str
    """``open`` (envelope refused), ``handle`` (handler failed for good) or ``broker`` (came from the dead queue)."""
    queue: str
    envelope: bytes
    message_id: str | None = None
    sender: str | None = None
    kind: str | None = None
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as the window keeps it."""

    number: str
    matter: str
    matter_version: str
    state: CaseState
    stage: int
    application: bytes
    """The application's JSON bytes."""
    applicant: str
    project: str
    conversation_id: str
    opened_at: datetime
    ready_at: datetime | None = None
    decided_at: datetime | None = None
    withdrawn_at: datetime | None = None
    outcome: str | None = None
    decision_id: str | None = None


@dataclass(frozen=True, slots=True)
class PartRow:
    """One consulted department's part."""

    case_number: str
    department: str
    stage: int
    state: PartState
    revision: int = 1
    """Counts the changes that monitors must hear of."""
    consultation_id: str | None = None
    clearance_id: str | None = None
    fixed_due: datetime | None = None
    due_at: datetime | None = None
    """Derived; kept for lists only, never for a ruling."""
    issued_at: datetime | None = None
    signed_at: datetime | None = None
    answered_at: datetime | None = None
    deemed_at: datetime | None = None
    moot_at: datetime | None = None
    escalated_at: datetime | None = None
    reminded_at: datetime | None = None
    verdict: Verdict | None = None
    conditions: str | None = None
    reasons: str | None = None
    opinion_id: str | None = None
    deemed_id: str | None = None
    late_opinion_id: str | None = None
    late_at: datetime | None = None
    late_verdict: Verdict | None = None
    receipt_id: str | None = None
    receipt_index: int | None = None


@dataclass(frozen=True, slots=True)
class WatchRow:
    """An open deadline at a monitor."""

    deadline: DeadlineState
    window: str
    state: WatchState
    due_at: datetime | None
    provisional: bool
    next_at: datetime | None
    """When the monitor must look at it again: the next rung or the due moment."""
    calendar: str


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A consultation on a department's desk."""

    window: str
    case_number: str
    consultation_id: str
    state: str
    """``waiting``, ``answered``, ``closed``."""
    matter: str
    title: str
    received_at: datetime
    due_at: datetime | None
    cleared: bool
    """Whether all that the department had to wait for is in."""
    opinion_id: str | None = None
    answered_at: datetime | None = None
    reminded: int = 0


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the node's own record of what it did."""

    at: datetime
    event: str
    case_number: str | None = None
    message_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


# --- store --------------------------------------------------------------------------------------------------------


class Outbox(Protocol):
    """The only way out."""

    def add(self, messages: Sequence[Outgoing], now: datetime) -> None:
        """Writes documents, ciphertexts and copies; the copies are due at once. ``now`` is for the record."""

    def due(self, now: datetime, limit: int, flying: Collection[int]) -> list[Parcel]:
        """Copies to publish now, urgent ones first, then in the order written; none whose id is in ``flying``.

        Here and in ``again_at`` times are real time, whatever clock the node keeps: patience with a broker is real.
        """

    def next_due(self) -> datetime | None:
        """When the earliest waiting copy may be sent (again)."""

    def mark_sent(self, ids: Sequence[int], now: datetime, again_at: datetime) -> None:
        """Confirmed by the broker: WRITTEN becomes SENT (or, needing no receipt, DELIVERED); else due ``again_at``."""

    def mark_failed(self, id: int, reason: str, now: datetime, again_at: datetime | None) -> None:
        """Records a failed attempt; ``again_at`` None gives up (FAILED) until an operator sends it again."""

    def mark_signed(self, receipts: Sequence[Signed], now: datetime) -> list[Signed]:
        """WRITTEN or SENT becomes DELIVERED or RETURNED where the digest is ours. Returns those it moved."""

    def resend(self, message_id: str, addressee: str | None, now: datetime) -> int:
        """Makes copies due at once, unless the addressee has signed for or returned them; the number of copies."""

    def rows(self, message_id: str) -> list[OutboxView]: ...

    def counts(self) -> dict[str, int]:
        """Copies by state."""


class Inbox(Protocol):
    """Message ids recorded once."""

    def known(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Known]:
        """What is on record of these (sender, message id) pairs."""

    def record(self, entries: Sequence[InboxEntry], now: datetime) -> None:
        """Inserts the rows and their documents; a pair recorded before raises, which rolls the batch back."""

    def counts(self) -> dict[str, int]: ...

    def untaken(self, limit: int = 50) -> list[StoredDocument]:
        """Received documents that the department's own system has not acknowledged, oldest first."""

    def take(self, sender: str, message_id: str, now: datetime) -> bool:
        """The department's own system acknowledges; True if this call did it."""

    def dead(self, letters: Sequence[DeadLetter], now: datetime) -> None: ...

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]: ...


class Documents(Protocol):
    """Signed documents, sent and received."""

    def get(self, sender: str, message_id: str) -> StoredDocument | None: ...

    def find(self, message_id: str) -> list[StoredDocument]:
        """By id alone (ids are unique only with their sender)."""

    def recent(self, direction: str | None = None, kind: str | None = None, limit: int = 50) -> list[StoredDocument]:
        """Newest first."""


class Cases(Protocol):
    """Cases and their parts at a window."""

    def open(self, case: CaseRow, parts: Sequence[PartRow]) -> None: ...

    def get(self, number: str, *, lock: bool = False) -> CaseRow | None:
        """``lock`` holds the row until the transaction ends (SELECT FOR UPDATE where the database has it)."""

    def recent(self, state: CaseState | None = None, limit: int = 50) -> list[CaseRow]: ...

    def parts(self, number: str) -> list[PartRow]: ...

    def part(self, number: str, department: str) -> PartRow | None: ...

    def parts_of_message(self, message_id: str) -> list[PartRow]:
        """Parts whose consultation or clearance this message is."""

    def move(self, number: str, before: Collection[CaseState], after: CaseState, **fields: Any) -> bool:
        """One guarded UPDATE; ``fields`` are columns of CaseRow. True if this call moved it."""

    def move_part(
        self, number: str, department: str, before: Collection[PartState], after: PartState, **fields: Any
    ) -> bool:
        """One guarded UPDATE that also adds one to ``revision``; True if this call moved it."""

    def ledger(self, number: str, department: str) -> list[LedgerEntry]: ...

    def add_entries(self, number: str, department: str, entries: Sequence[LedgerEntry]) -> None:
        """Appends; entries are never changed."""

    def counts(self) -> dict[str, int]:
        """Parts by state, ``late`` for those with a late opinion, and cases by ``case-<state>``."""


class Watches(Protocol):
    """Open deadlines at a monitor."""

    def put(self, rows: Sequence[WatchRow]) -> int:
        """Inserts, or replaces one of a lower revision that is still RUNNING; how many took effect."""

    def due(self, now: datetime, limit: int) -> list[WatchRow]:
        """RUNNING rows whose ``next_at`` has come, earliest first; cost follows what is due, not what is open."""

    def next_at(self) -> datetime | None: ...

    def postpone(self, case_number: str, department: str, revision: int, next_at: datetime | None) -> None: ...

    def reminders(self, case_number: str, department: str) -> list[SentReminder]: ...

    def add_reminder(self, case_number: str, department: str, reminder: SentReminder, term_began: datetime) -> bool:
        """False if that rung has fired within the term that began then; an earlier term's is replaced."""

    def finish(self, case_number: str, department: str, revision: int, after: WatchState, now: datetime) -> bool:
        """RUNNING at this revision becomes ``after``; one guarded UPDATE."""

    def outdated(self, calendar: str, limit: int) -> list[WatchRow]:
        """RUNNING rows projected with another calendar."""

    def reproject(self, row: WatchRow) -> bool:
        """Takes over the row's projection (due, provisional, next look, calendar) where revision and RUNNING hold."""

    def board(self, limit: int = 100) -> list[WatchRow]: ...

    def counts(self) -> dict[str, int]: ...


class Desk(Protocol):
    """Consultations at a department."""

    def put(self, rows: Sequence[DeskRow]) -> None: ...

    def get(self, case_number: str) -> DeskRow | None: ...

    def by_opinion(self, message_id: str) -> DeskRow | None:
        """The row that this opinion of ours answered."""

    def waiting(self, limit: int = 100) -> list[DeskRow]: ...

    def recent(self, limit: int = 100) -> list[DeskRow]: ...

    def move(self, case_number: str, before: Collection[str], after: str, **fields: Any) -> bool: ...

    def counts(self) -> dict[str, int]: ...


class Transaction(Protocol):
    """All tables of a node within one transaction."""

    @property
    def outbox(self) -> Outbox: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def watches(self) -> Watches: ...
    @property
    def desk(self) -> Desk: ...

    def journal(self, entries: Sequence[JournalEntry]) -> None: ...

    def journal_of(self, case_number: str) -> list[JournalEntry]: ...

    def get_meta(self, key: str) -> str | None: ...

    def set_meta(self, key: str, value: str) -> None: ...


class Store(Protocol):
    """A node's database."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Writes; commits on leaving. Raises DatabaseUnavailable when the database cannot be reached or written."""

    def reading(self) -> AbstractContextManager[Transaction]:
        """Reads only; never blocks a writer."""


# --- broker -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Publication:
    """What the publisher is to put on the wire."""

    id: int
    queue: str
    """The addressee's queue; the routing key is made from it and the sender."""
    body: bytes
    message_id: str
    correlation_id: str
    kind: str
    headers: Mapping[str, Any] = field(default_factory=dict)


class PublishOutcome(StrEnum):
    """What became of a publication. LOST: unknown (connection gone, confirm overdue), send again."""

    CONFIRMED = "confirmed"
    UNROUTABLE = "unroutable"
    REFUSED = "refused"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class PublishResult:
    """The outcome for one publication id."""

    id: int
    outcome: PublishOutcome
    reason: str = ""


class Publisher(Protocol):
    """Pipelined, confirmed, mandatory publishing."""

    def publish(self, publications: Sequence[Publication]) -> None:
        """Hands over to the connection's thread; blocks while more than the allowed number or bytes are in flight."""


OnResults = Callable[[Sequence[PublishResult]], None]
"""Called on a thread of the publisher's, several results at a time."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as the consumer hands it over."""

    queue: str
    body: bytes
    message_id: str | None
    user_id: str | None
    headers: Mapping[str, Any]
    redelivered: bool
    stamp: datetime | None
    """The broker's arrival stamp; None where the broker is not known to set it."""
    backlog: bool
    """True if it stood in the queue before this consumer began."""


OnBatch = Callable[[Sequence[Delivery]], None]
"""Handles deliveries of one queue, in order. Returning acknowledges them all; raising hands them back.

After it has raised it is asked with an empty batch, with growing patience, whether it can take deliveries again.
"""
