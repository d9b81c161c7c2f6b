"""What several stores and the broker know of one message: the facts that a trace joins. Never content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from exchange.approval.rules.states import DeskState
from exchange.messaging.log.handovers import Handover
from exchange.messaging.records import OutboxState


@dataclass(frozen=True, slots=True)
class TracedMessage:
    """The message itself, from the signed bytes on record."""

    message_id: str
    sender: str
    kind: str
    conversation_id: str
    digest: str
    """SHA-256 of the signed document."""
    addressees: tuple[str, ...]
    created_at: datetime | None
    """By the signed header; None where that cannot be read."""
    recorded_at: datetime
    """When the member whose record this is wrote it down."""
    fault: str = ""
    """Why the signature does not verify, where it does not."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One attempt to publish a copy that failed."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class TracedCopy:
    """One addressee's copy in the sender's outbox."""

    message_id: str
    addressee: str
    queue: str
    state: OutboxState
    needs_receipt: bool
    attempts: int
    written_at: datetime
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    returned_at: datetime | None = None
    failed_at: datetime | None = None
    last_error: str | None = None
    receipt_id: str | None = None
    receipt_index: int | None = None
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class TracedTaking:
    """A row of a receiver's inbox."""

    member: str
    sender: str
    digest: str
    earliest: datetime
    latest: datetime
    source: str
    accepted: bool
    recorded_at: datetime
    reason: str | None = None
    fetched_at: datetime | None = None
    """When the member's own system acknowledged it."""


@dataclass(frozen=True, slots=True)
class AsideFact:
    """A dead letter under this message id."""

    member: str
    id: str
    sender: str | None
    stage: str
    code: str
    reason: str
    attempts: int
    first_at: datetime
    last_at: datetime
    account: str | None = None
    """The broker's account by which it came, whatever its header claims."""


@dataclass(frozen=True, slots=True)
class ReceiptFact:
    """An addressee's receipt at the sender, out of its signed batch; ``fault`` says why it does not verify."""

    addressee: str
    receipt_id: str
    accepted: bool = True
    digest: str = ""
    arrived_at: datetime | None = None
    signed_for_at: datetime | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class AnswerFact:
    """A message that an addressee signed in reply."""

    member: str
    message_id: str
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DeskFact:
    """The case on an addressee's desk that came with this message."""

    member: str
    case_number: str
    state: DeskState


@dataclass(frozen=True, slots=True)
class NoteFact:
    """A line of a member's journal about this message."""

    member: str
    at: datetime
    event: str
    case_number: str | None


@dataclass(frozen=True, slots=True)
class TraceFacts:
    """All that was found, in any order."""

    message: TracedMessage
    members: frozenset[str]
    """Members whose stores were looked into; of others nothing is known but what they signed."""
    copies: tuple[TracedCopy, ...] = ()
    taken: tuple[TracedTaking, ...] = ()
    aside: tuple[AsideFact, ...] = ()
    receipts: tuple[ReceiptFact, ...] = ()
    answers: tuple[AnswerFact, ...] = ()
    desks: tuple[DeskFact, ...] = ()
    notes: tuple[NoteFact, ...] = ()
    handovers: tuple[tuple[str, Handover], ...] = ()
    """By member: what its journal says of its own system."""
    queued: Mapping[str, int | None] | None = field(default=None)
    """Messages by queue, by the broker; None where it could not be asked."""
