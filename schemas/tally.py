"""How a notice stands below (签收情况): aggregates that a relay signs, backed by a root over the receipts they rest on.

A reader's standing only ever grows: none, has it, then signed for it or returned it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator

from exchange.schemas.base import Address, Body, Digest, MessageId, Room, Serial, Title, Wire
from exchange.schemas.instants import Instant

MAX_NAMES = 200
"""How many authorities an aggregate names; beyond that it says how many more there are."""

Number = Annotated[int, Field(ge=0, le=10_000_000)]
"""A number of authorities."""

MAX_REASON = 500
"""Characters of a reason that an aggregate carries; the receipt has all of it."""

Reason = Annotated[str, StringConstraints(max_length=MAX_REASON)]
"""Why a document was returned, as far as an aggregate carries it."""


class ReaderState(StrEnum):
    """How far a notice has come with one reader."""

    NONE = "none"
    HAS = "has"
    SIGNED = "signed"  # 签收
    RETURNED = "returned"  # 退文


class Reader(Wire):
    """What the receipts and answers of one authority amount to. ``proof`` is the digest of the one that decides."""

    address: Address
    state: ReaderState = ReaderState.NONE
    has_at: Instant | None = None
    """When it was first received; None while only the answer came, and no receipt."""
    signed_at: Instant | None = None
    """When it was signed for or returned, by the reader's own time."""
    reason: Reason = ""
    proof: Digest | None = None

    @model_validator(mode="after")
    def _a_state_has_what_it_rests_on(self) -> Self:
        answered = self.state in (ReaderState.SIGNED, ReaderState.RETURNED)
        if (self.proof is None) != (self.state is ReaderState.NONE):
            raise ValueError("proof: every state but none rests on a receipt or an answer")
        if (self.signed_at is not None) != answered:
            raise ValueError("signed_at: given with an answer, and only then")
        if (self.state is ReaderState.HAS and self.has_at is None) or (not self.proof and self.has_at):
            raise ValueError("has_at: given with a receipt, and only then")
        if (self.state is ReaderState.RETURNED) != bool(self.reason):
            raise ValueError("reason: a document that is returned says why, no other does")
        return self


class Count(Wire):
    """One level's authorities: meant to have it, having it (answered ones among them), signed for it, returned it."""

    level: Annotated[int, Field(ge=0, le=60)]
    meant: Number
    has: Number = 0
    signed: Number = 0
    returned: Number = 0

    @model_validator(mode="after")
    def _no_more_than_there_are(self) -> Self:
        if self.has > self.meant:
            raise ValueError("has: more than it was meant for")
        if self.signed + self.returned > self.has:
            raise ValueError("signed, returned: more than have it")
        return self


class Named(Wire):
    """Authorities by name, and how many more there are."""

    names: Annotated[tuple[Address, ...], Field(max_length=MAX_NAMES)] = ()
    more: Number = 0

    @property
    def number(self) -> int:
        """How many in all."""
        return len(self.names) + self.more


class AtRecall(Wire):
    """How a notice stood with its readers when it was taken back or replaced, by what they signed and when."""

    signed_before: Named = Named()
    """Had signed for it: perhaps acted on it."""
    signed_after: Named = Named()
    """Signed for it before they knew."""
    unsigned: Named = Named()
    """Have it, and did not sign."""
    not_arrived: Named = Named()


class ReturnedBy(Wire):
    """An authority that returned a notice, and why."""

    address: Address
    reason: Annotated[Reason, Field(min_length=1)]


class Tally(Body):
    """How one notice stands in a domain and everything below, as its relay office says; a newer serial replaces.

    Schema version 1 had no ``at_recall``; it is still read, and written where nothing newer is said.
    """

    KIND: ClassVar[str] = "tally"
    TITLE: ClassVar[Title] = ("签收情况", "Tally")
    ROOM: ClassVar[Room] = Room.NOTICES
    VERSION: ClassVar[int] = 2
    READ: ClassVar[tuple[int, ...]] = (1, 2)

    notice_id: MessageId
    domain: Address
    serial: Serial
    """Counted up by the relay with every tally of this notice."""
    counts: Annotated[tuple[Count, ...], Field(min_length=1, max_length=60)]
    """By level, highest level first; each level once."""
    unsigned: Annotated[tuple[Address, ...], Field(max_length=MAX_NAMES)] = ()
    """Those who have neither signed for it nor returned it, by address."""
    unsigned_more: Number = 0
    returned: Annotated[tuple[ReturnedBy, ...], Field(max_length=MAX_NAMES)] = ()
    returned_more: Number = 0
    root: Digest | None = None
    """Merkle root (RFC 9162) over the digests of its own readers' receipts, then the roots of the branches below."""
    at_recall: Annotated[AtRecall | None, Field(exclude_if=lambda found: found is None)] = None
    """Once the notice is recalled or replaced, as far as the levels below know of it."""

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        return 1 if self.at_recall is None else 2

    @model_validator(mode="after")
    def _names_and_proof_fit_the_counts(self) -> Self:
        levels = [count.level for count in self.counts]
        if levels != sorted(set(levels)):
            raise ValueError("counts: each level once, the highest first")
        back = sum(count.returned for count in self.counts)
        open_ = sum(count.meant - count.signed - count.returned for count in self.counts)
        if len(self.unsigned) + self.unsigned_more != open_:
            raise ValueError("unsigned: as many as the counts leave open")
        if len(self.returned) + self.returned_more != back:
            raise ValueError("returned: as many as the counts say")
        if (self.root is None) != (sum(count.has for count in self.counts) == 0):
            raise ValueError("root: whoever is counted as having it has signed a receipt, and nobody else")
        return self

    @model_validator(mode="after")
    def _no_more_at_the_recall_than_there_are(self) -> Self:
        found = self.at_recall
        if found is None:
            return self
        signed = sum(count.signed for count in self.counts)
        open_ = sum(count.meant - count.signed - count.returned for count in self.counts)
        if found.signed_before.number + found.signed_after.number > signed:
            raise ValueError("at_recall: more who signed than the counts say")
        if found.unsigned.number + found.not_arrived.number > open_:
            raise ValueError("at_recall: more who did not sign than the counts leave open")
        return self
