"""The terms of the reconciliation, its three laws, and the facts that stores tell of one message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from exchange.approval.rules.states import CaseState, PartState
from exchange.messaging.records import OutboxState


class BalanceTerm(StrEnum):
    """A figure of the books."""

    ISSUED = "issued"
    ANSWERED = "answered"
    DEEMED = "deemed"
    REFUSED = "deemed-refusal"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    MOOT = "moot"
    IN_FLIGHT = "in-flight"
    WRITTEN = "written"
    DISPATCHED = "dispatched"
    WAITING = "waiting"
    TAKEN = "taken"
    ELSEWHERE = "taken-elsewhere"
    QUEUED = "queued"
    LINKS = "over-links"
    DEAD = "dead"


class Law(StrEnum):
    """One of the three laws."""

    CONSULTATIONS = "consultations"
    WRITTEN = "written"
    DISPATCHED = "dispatched"


LAWS: Mapping[Law, tuple[BalanceTerm, tuple[BalanceTerm, ...]]] = {
    Law.CONSULTATIONS: (
        BalanceTerm.ISSUED,
        (
            BalanceTerm.ANSWERED,
            BalanceTerm.DEEMED,
            BalanceTerm.REFUSED,
            BalanceTerm.RETURNED,
            BalanceTerm.WITHDRAWN,
            BalanceTerm.MOOT,
            BalanceTerm.IN_FLIGHT,
        ),
    ),
    Law.WRITTEN: (BalanceTerm.WRITTEN, (BalanceTerm.DISPATCHED, BalanceTerm.WAITING)),
    Law.DISPATCHED: (
        BalanceTerm.DISPATCHED,
        (BalanceTerm.TAKEN, BalanceTerm.ELSEWHERE, BalanceTerm.QUEUED, BalanceTerm.LINKS, BalanceTerm.DEAD),
    ),
}
"""Each law's whole and its parts."""


class DifferenceKind(StrEnum):
    """What a difference is."""

    COPY_LOST = "copy-lost"
    COPY_DOUBLED = "copy-doubled"
    MESSAGE_LOST = "message-lost"
    UNPROVEN = "unproven"
    RECEIPT_LOST = "receipt-lost"
    RECEIPT_UNWRITTEN = "receipt-unwritten"
    CONTRADICTED = "contradicted"
    ALTERED = "altered"
    NOT_TAKEN = "not-taken"
    NOWHERE = "nowhere"
    INVENTED = "invented"
    TAKEN_TWICE = "taken-twice"
    PART_LOST = "part-lost"
    PART_INVENTED = "part-invented"
    PART_DOUBLED = "part-doubled"
    PART_EARLY = "part-early"
    ANSWER_LOST = "answer-lost"


class MessageFact(NamedTuple):
    """A message of a sender's outbox. ``copies``: to how many addressees it was written; None where not noted."""

    message_id: str
    sender: str
    consults: bool
    """Whether it is a consultation."""
    digest: str
    copies: int | None


class CopyFact(NamedTuple):
    """One addressee's copy in the sender's outbox."""

    message_id: str
    sender: str
    addressee: str
    state: OutboxState
    sent: bool
    """Whether a broker has ever confirmed it, or its addressee signed for it."""
    needs_receipt: bool
    receipt_id: str | None
    receipt_kept: bool
    """Whether the receipt it names is in the sender's inbox."""
    written_at: datetime


class TakenFact(NamedTuple):
    """A message in a member's inbox."""

    message_id: str
    sender: str
    member: str
    accepted: bool
    digest: str
    receipt_written: bool
    """Whether the receipt it names, if it names one, is in the member's outbox."""
    recorded_at: datetime


class DeadFact(NamedTuple):
    """A dead letter of a member, discarded ones too; ``sender`` is None where it could not be read."""

    message_id: str
    sender: str | None
    member: str
    in_transit: bool
    """Whether it was passing through this member, a relay office."""


class PartFact(NamedTuple):
    """A department's part of a case, put to it by the consultation ``message_id`` of the window ``sender``."""

    message_id: str
    sender: str
    department: str
    case_number: str
    state: PartState
    case_state: CaseState
    answer_kept: bool
    """Whether the opinion, or deemed consent, that it names is in the window's inbox."""


class StrayFact(NamedTuple):
    """A signed document on record as sent, of which the outbox knows nothing."""

    message_id: str
    sender: str


Fact = MessageFact | CopyFact | TakenFact | DeadFact | PartFact | StrayFact


class Difference(NamedTuple):
    """What does not balance, by name."""

    law: Law
    fault: DifferenceKind
    message_id: str
    sender: str
    member: str
    """The other side: the addressee, department or member concerned; empty for all of them."""
    case_number: str | None = None


class Untraced(NamedTuple):
    """A dispatched copy that is not at its addressee and that nobody has signed for."""

    message_id: str
    sender: str
    addressee: str
