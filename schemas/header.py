"""The clear header: all that the broker and operators see of a message. Never a title, a name or a body."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator

from exchange.schemas.base import Address, MessageId, Title, Urgency, Wire
from exchange.schemas.instants import Instant

MAX_ADDRESSEES = 256
"""Of one message; for more of them several are written."""


MessageKind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,39}$")]


class Suite(StrEnum):
    """How the content key is wrapped: HPKE (RFC 9180) with this KEM, HKDF-SHA256 and AES-256-GCM."""

    HYBRID = "mlkem768-x25519"
    CLASSICAL = "x25519"


class Header(Wire):
    """Routing facts, signed with the document and bound to its seal, byte for byte."""

    TITLE: ClassVar[Title] = ("信封明文头", "Clear header")

    version: Annotated[int, Field(ge=1, le=1)] = 1
    message_id: MessageId
    conversation_id: MessageId
    in_reply_to: MessageId | None = None
    kind: MessageKind
    sender: Address
    addressees: Annotated[
        tuple[Address, ...],
        Field(min_length=1, max_length=MAX_ADDRESSEES, json_schema_extra={"uniqueItems": True}),
    ]
    urgency: Urgency = Urgency.ORDINARY
    created_at: Instant
    suite: Suite = Suite.HYBRID

    @model_validator(mode="after")
    def _nobody_is_addressed_twice(self) -> Self:
        if len(set(self.addressees)) != len(self.addressees):
            raise ValueError("addressees: an address appears twice")
        return self
