"""Receipts (签收, 退文): signed proof that a member has a message, or refused it and why.

A node signs once for a batch: the signature covers the root of a Merkle tree (RFC 9162, section 2.1) whose leaves are
the single receipts, so that each proof stands alone and shows nothing of its neighbours.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from exchange.schemas.base import Address, Body, Digest, MessageId, Room, Text, Title, Wire
from exchange.schemas.instants import Instant
from exchange.schemas.published.conditions import A_TEXT, NOTHING, given, may, rules, says, when


class ReceiptOutcome(StrEnum):
    """Signed for, or sent back with a reason."""

    ACCEPTED = "accepted"
    RETURNED = "returned"


class Receipt(Wire):
    """One message's receipt: a leaf of the batch's tree."""

    TITLE: ClassVar[Title] = ("单份回执", "Single receipt")

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(
                says("outcome", ReceiptOutcome.RETURNED),
                given(reason_code=A_TEXT, reason={"minLength": 1}),
                {"anyOf": [may(reason_code=NOTHING), may(reason={"maxLength": 0})]},
            )
        )
    )

    version: Annotated[int, Field(ge=1, le=1)] = 1
    outcome: ReceiptOutcome
    message_id: MessageId
    sender: Address
    receiver: Address
    digest: Digest
    """SHA-256 of the signed document as it came (COSE_Sign1 bytes)."""
    arrived_at: Instant
    """When it entered the receiver's designated system (Electronic Signature Law, article 11)."""
    signed_for_at: Instant
    reason_code: Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,40}$")] | None = None
    reason: Text = ""

    @model_validator(mode="after")
    def _a_return_has_a_reason(self) -> Self:
        if (self.outcome is ReceiptOutcome.RETURNED) != (self.reason_code is not None and bool(self.reason)):
            raise ValueError("a returned document says why, an accepted one has nothing to say")
        return self


class ReceiptBatch(Body):
    """What is signed: the root over the receipts that travel beside it."""

    KIND: ClassVar[str] = "receipt"
    TITLE: ClassVar[Title] = ("签收回执", "Receipts")
    ROOM: ClassVar[Room] = Room.MESSAGING
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    root: Digest
    size: Annotated[int, Field(ge=1, le=1000)]
    receiver: Address
    sender: Address
    at: Instant


class ReceiptProof(Wire):
    """One receipt with its path to the signed root; verifies without anything else but the directory."""

    TITLE: ClassVar[Title] = ("回执证明", "Receipt proof")

    receipt: Annotated[bytes, Field(max_length=65_536)]
    """The leaf's JSON bytes, as they came."""
    index: Annotated[int, Field(ge=0, le=999)]
    size: Annotated[int, Field(ge=1, le=1000)]
    path: Annotated[tuple[Annotated[bytes, Field(min_length=32, max_length=32)], ...], Field(max_length=10)]
    signed: Annotated[bytes, Field(max_length=65_536)]
    """The COSE_Sign1 over the ReceiptBatch."""
