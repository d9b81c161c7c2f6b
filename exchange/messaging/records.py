"""Records of messages on their way: what goes out, what came in, and what could not be handled."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from exchange.envelope import Faulty
from exchange.messaging.rules.arrival_time import Arrival
from exchange.messaging.rules.withholding import WITHHELD
from exchange.schemas import Body, Header, Urgency


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
    body: Body | None = field(default=None, repr=False, compare=False)
    """What stands in ``signed``, where it is at hand."""


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
    signed_for_at: datetime | None = None
    """When they say that they signed for it."""


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """A message recorded once, with the document as it came."""

    header: Header
    digest: str
    """SHA-256 of the envelope's signed document."""
    signed: bytes
    enclosures: tuple[bytes, ...]
    arrival: Arrival
    receipt_id: str | None
    accepted: bool
    reason: str | None = None
    readable: bool = True
    """Whether its document can be read as what its kind says it is; else it is kept as proof of what came only."""
    body: Body | None = field(default=None, repr=False, compare=False)
    """What stands in ``signed``, where it is at hand."""


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


class Proposal(StrEnum):
    """What somebody may propose for a dead letter, and somebody else confirm."""

    DISCARD = "discard"
    RELEASE = "release"


def envelope_digest(envelope: bytes) -> str:
    """Return what an envelope's bytes are known by: their SHA-256, hexadecimal."""
    return hashlib.sha256(envelope).hexdigest()


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Something that could not be taken in, with its reason; kept for operators."""

    reason_code: str
    reason: str
    stage: str
    """``open`` (envelope refused), ``arrival`` (came after its signer's certificate had ended), ``order`` (came
    before the message it speaks of), ``handle`` (handler failed for good), ``broker`` (came from the dead queue) or
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
    """Who would have something done with it, when and why; another must confirm."""
    proposed_at: datetime | None = None
    proposed_why: str | None = None
    discarded_by: str | None = None
    """Who confirmed. A discarded letter keeps its bytes and holds up nothing."""
    discarded_at: datetime | None = None
    proposal: Proposal | None = None
    """What is proposed."""
    vouched: bool = False
    """Whether the broker's account that it came by is the one of whom its header names as its sender."""
    proved: Faulty | None = None
    """What is wrong with it, where its signer is proved and no receipt can name it; not given by the store."""
    broker_user: str | None = None
    """AMQP's user_id: the account that published it first, where it named itself."""
    key_sender: str | None = None
    """The account in its routing key, which the broker checks; a link's, for what came from another domain."""
    unproved: bool = False
    """Whether nothing in it proves its sender, and nothing ever can: of such a letter only the beginning is kept."""
    kept_digest: str = ""
    kept_octets: int = -1
    """Of the whole envelope, as the store gives them; see `digest` and `octets`."""

    @property
    def account(self) -> str | None:
        """The account by which it came, whatever its header claims; None where that is not on record."""
        return self.key_sender or self.broker_user

    @property
    def stands_for_more(self) -> bool:
        """Whether it stands for further letters of its sender that were not kept; it has no octets of its own.

        Releases before gave it some, and had such letters only of what waited for two people.
        """
        named = self.message_id is not None or self.sender is None
        return not named and (self.octets == 0 or self.reason_code == WITHHELD)

    @property
    def pretends(self) -> bool:
        """Whether it claims to be another's than the account's by which it came."""
        return self.account is not None and self.sender is not None and self.account != self.sender

    @property
    def digest(self) -> str:
        """SHA-256 of the whole envelope, hexadecimal."""
        return self.kept_digest or envelope_digest(self.envelope)

    @property
    def octets(self) -> int:
        """How many octets the whole envelope has, or had."""
        return self.kept_octets if self.kept_octets >= 0 else len(self.envelope)

    @property
    def whole(self) -> bool:
        """Whether all of the envelope is here; not so where its beginning was kept, or where it was not asked for."""
        return len(self.envelope) == self.octets


@dataclass(frozen=True, slots=True)
class DeadCause:
    """Dead letters of one reason at one stage."""

    reason_code: str
    stage: str
    letters: int
    proposed: int
    """Of them, for how many something is proposed."""
    first_at: datetime
    last_at: datetime
