"""The list of registered-delivery events in a bundle: what its signed files say, told in the names of that field.

Names are those of ETSI EN 319 522-1. No conformance is claimed: evidence of that standard has other forms, and is
signed by a qualified provider. The list itself is not signed and proves nothing; each event names the file that does.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from exchange.evidence.bundle.contents import MOST_FILES, FilePath
from exchange.schemas.base import Address, Digest, MessageId, Title, Wire
from exchange.schemas.instants import Instant

EVENTS = "evidence.json"


class EventName(StrEnum):
    """Events that a signed document or receipt can show; others of the standard leave nothing signed here."""

    SUBMISSION_ACCEPTANCE = "SubmissionAcceptance"
    """Its sender's exchange has taken the message on, and signed it."""
    RELAY_ACCEPTANCE = "RelayAcceptance"
    """A relay office has taken a notice on, and signed that it passes it on."""
    CONTENT_CONSIGNMENT = "ContentConsignment"
    """The addressee's exchange has it, and has signed for it."""
    CONSIGNMENT_REJECTION = "ConsignmentRejection"
    """The addressee has sent it back."""
    CONTENT_HANDOVER = "ContentHandover"
    """The addressee's own system has acknowledged it, says the addressee's log."""
    CONTENT_HANDOVER_FAILURE = "ContentHandoverFailure"
    """The addressee's own system had it on lease, and did not acknowledge it in time, says the addressee's log."""
    ACCEPTANCE_REJECTION_EXPIRY = "AcceptanceRejectionExpiry"
    """The time within which a department could agree or object was over, says a monitor."""


class DeliveryEvent(Wire):
    """One event of one message."""

    TITLE: ClassVar[Title] = ("送达事件", "Delivery event")

    event: EventName
    message_id: MessageId
    digest: Digest
    """SHA-256 of the message as it was signed."""
    by: Address
    """Who has signed it."""
    at: Instant
    """When, by that member's word; of a term that is over, when it was."""
    arrived_at: Annotated[Instant | None, Field(exclude_if=lambda at: at is None)] = None
    """When the addressee has had it, by its receipt."""
    reason_code: Annotated[
        str | None, StringConstraints(pattern=r"^[a-z-]{1,40}$"), Field(exclude_if=lambda code: code is None)
    ] = None
    """Why it was sent back."""
    department: Annotated[Address | None, Field(exclude_if=lambda address: address is None)] = None
    """Who has not answered."""
    system: Annotated[str | None, StringConstraints(max_length=100), Field(exclude_if=lambda name: name is None)] = None
    """Which of the addressee's systems has it: the name of its token."""
    proof: FilePath
    """The file of the bundle that carries it."""


class DeliveryEvents(Wire):
    """The events of a bundle, by time, then name, message and proof."""

    TITLE: ClassVar[Title] = ("送达事件清单", "Delivery events")

    version: Literal[1] = 1
    events: Annotated[tuple[DeliveryEvent, ...], Field(max_length=2 * MOST_FILES)]
