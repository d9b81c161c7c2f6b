"""Receipts (签收, 退文): signed proof that a member has a message, or refused it and why.

A node signs once for a batch: the signature covers the root of a Merkle tree (RFC 9162, section 2.1) whose leaves are
the single receipts, so that each proof stands alone and shows nothing of its neighbours.
"""

from __future__ import annotations

from datetime import datetime
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


class ArrivalBasis(StrEnum):
    """By what a receiver knows when a message entered its system."""

    BROKER_STAMP = "broker-stamp"
    """The broker stamped it as it entered the receiver's queue, and the receiver says so."""
    OWN_CLOCK = "own-clock"
    """The receiver's own clock: there was no stamp, or it lay ahead of that clock."""
    SET_ASIDE = "set-aside"
    """That it had come is on record from when it was set aside; no earlier moment is."""
    SIGNING = "signing"
    """The sender's time of signing, in replays of what has happened."""


class ReceiptArrival(Wire):
    """How a receiver knows the arrival that it states, and what else it knows of it."""

    TITLE: ClassVar[Title] = ("到达依据", "Basis of an arrival")

    basis: ArrivalBasis
    earlier_copy: Annotated[bool, Field(exclude_if=lambda earlier: not earlier)] = False
    """The same bytes had come before and were set aside; their arrival counts."""
    not_before: Annotated[Instant | None, Field(exclude_if=lambda at: at is None)] = None
    """Where only an interval is known, its beginning; the arrival that is stated is its end."""
    stamped_at: Annotated[Instant | None, Field(exclude_if=lambda at: at is None)] = None
    """What the broker's stamp said, where another moment counts."""


class Receipt(Wire):
    """One message's receipt: a leaf of the batch's tree.

    Version 1 did not say how the arrival is known; it is still read.
    """

    TITLE: ClassVar[Title] = ("单份回执", "Single receipt")

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(
                says("outcome", ReceiptOutcome.RETURNED),
                given(reason_code=A_TEXT, reason={"minLength": 1}),
                {"anyOf": [may(reason_code=NOTHING), may(reason={"maxLength": 0})]},
            ),
            when(given(version={"const": 2}), given(arrival={"type": "object"}), may(arrival=NOTHING)),
        )
    )

    version: Annotated[int, Field(ge=1, le=2)] = 1
    outcome: ReceiptOutcome
    message_id: MessageId
    sender: Address
    receiver: Address
    digest: Digest
    """SHA-256 of the signed document as it came (COSE_Sign1 bytes)."""
    arrived_at: Instant
    """When it entered the receiver's designated system (Electronic Signature Law, article 11)."""
    arrival: Annotated[ReceiptArrival | None, Field(exclude_if=lambda arrival: arrival is None)] = None
    """How that is known; from version 2 on."""
    signed_for_at: Instant
    reason_code: Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,40}$")] | None = None
    reason: Text = ""

    @model_validator(mode="after")
    def _a_return_has_a_reason(self) -> Self:
        if (self.outcome is ReceiptOutcome.RETURNED) != (self.reason_code is not None and bool(self.reason)):
            raise ValueError("a returned document says why, an accepted one has nothing to say")
        return self

    @model_validator(mode="after")
    def _says_how_its_arrival_is_known(self) -> Self:
        if (self.version == 1) != (self.arrival is None):
            raise ValueError("arrival: stands in version 2, and nowhere else")
        if self.arrival is not None and not _agree(self.arrival, self.arrived_at):
            raise ValueError("arrival: what it says of time does not agree with arrived_at")
        return self


def _agree(told: ReceiptArrival, at: datetime) -> bool:
    """An interval ends with the arrival that is stated; of a stamp that does not count the reason is to be seen."""
    if told.not_before is not None and (told.not_before >= at or told.basis is ArrivalBasis.BROKER_STAMP):
        return False
    if told.stamped_at is None or told.earlier_copy:
        return told.stamped_at != at
    return told.basis is ArrivalBasis.OWN_CLOCK and told.stamped_at > at


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
