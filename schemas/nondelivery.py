"""What a relay office says of a message that it could not pass on (退运通知)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from exchange.schemas.base import Address, Body, Digest, Line, MessageId, Room, Title
from exchange.schemas.instants import Instant


class NonDeliveryReason(StrEnum):
    """Why a message in transit goes no further; a closed set."""

    TOO_MANY_HOPS = "too-many-hops"
    UNKNOWN_ADDRESSEE = "unknown-addressee"
    NO_LINK = "no-link"
    WENT_BACK = "went-back"
    OTHER_TREE = "other-tree"
    UNREADABLE = "unreadable"
    CANNOT_BE_CARRIED = "cannot-be-carried"


class NonDelivery(Body):
    """One copy of a message ended at ``relay``. Says nothing of what was in it: the relay cannot open it."""

    KIND: ClassVar[str] = "non-delivery"
    TITLE: ClassVar[Title] = ("退运通知", "Non-delivery")
    ROOM: ClassVar[Room] = Room.LEVELS
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    message_id: MessageId
    addressee: Address
    envelope: Digest
    """SHA-256 of the copy's bytes as they came: whoever never had them cannot say that they got lost."""
    reason_code: NonDeliveryReason
    reason: Line
    at: Instant
    relay: Address
