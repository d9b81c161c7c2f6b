"""Plain records that pass between the flow and the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from exchange.rules.arbiter import Arrival
from exchange.rules.paging import Place
from exchange.rules.states import CaseState, DeskState, PartState, WatchState
from exchange.schemas import DeadlineState, Header, Urgency, Verdict


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
    confirmed_at: datetime | None = None
    """When the broker first confirmed it, by the node's clock; None for one that is to go out in any case."""


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
class Unreceipted:
    """A copy that no receipt answers, and what it is sealed with."""

    message_id: str
    recipient: bytes
    needs_receipt: bool


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
    proof: str = ""
    """SHA-256 of the receipt as it came: what a count of it rests on."""


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
    """``open`` (envelope refused), ``handle`` (handler failed for good), ``broker`` (came from the dead queue) or
    ``transit`` (a relay office could not pass it on)."""
    queue: str
    envelope: bytes
    message_id: str | None = None
    sender: str | None = None
    kind: str | None = None
    attempts: int = 1
    arrival: Arrival | None = None
    """When it first arrived, where that was established; the same bytes taken in later have arrived then."""
    id: str = ""
    """Names it to people; given by the store, like the two moments."""
    first_at: datetime | None = None
    last_at: datetime | None = None
    serial: int = 0
    """Its place in the order in which letters were set aside."""
    proposed_by: str | None = None
    """Who would discard it, when and why; another must confirm."""
    proposed_at: datetime | None = None
    proposed_why: str | None = None
    discarded_by: str | None = None
    """Who confirmed. A discarded letter keeps its bytes and holds up nothing."""
    discarded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeadCause:
    """Dead letters of one reason at one stage."""

    reason_code: str
    stage: str
    letters: int
    proposed: int
    """Of them, how many are proposed to be discarded."""
    first_at: datetime
    last_at: datetime


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
    prepared: str | None = None
    """The ruling that the lead's rule has prepared, as `flow.decision.ruling_of` reads it."""
    rule_error: str | None = None
    """What the lead's rule failed with when it was last asked."""
    by_rule: bool | None = None
    """Whether the decision was made by the lead's rule; None while there is none."""

    @property
    def place(self) -> Place:
        """Its place in a list by time."""
        return self.opened_at, self.number


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
    started_at: datetime | None = None
    """When the term that runs now began; derived and kept for lists, as ``due_at`` is."""
    review_at: datetime | None = None
    """Since when the decision is to be reviewed over it: its opinion was in time and came in after the decision."""


@dataclass(frozen=True, slots=True)
class WatchRow:
    """An open deadline at a monitor."""

    deadline: DeadlineState
    window: str
    state: WatchState
    due_at: datetime | None
    provisional: bool
    next_at: datetime | None
    """When the monitor must look at it again: the next stage or the due moment."""
    calendar: str


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A consultation on a department's desk."""

    window: str
    case_number: str
    consultation_id: str
    state: DeskState
    matter: str
    title: str
    received_at: datetime
    due_at: datetime | None
    cleared: bool
    """Whether all that the department had to wait for is in."""
    opinion_id: str | None = None
    answered_at: datetime | None = None
    reminded: int = 0
    rule_error: str | None = None
    """What the department's rule failed with when it was last asked."""

    @property
    def place(self) -> Place:
        """Its place in a list by time."""
        return self.received_at, self.case_number


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the node's own record of what it did."""

    at: datetime
    event: str
    case_number: str | None = None
    message_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
