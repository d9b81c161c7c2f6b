"""The receipts behind a tally: asked for from above, and shown by the relay office that has counted them.

A tally is a number and a root. Whoever got it may ask for what it rests on; the relay office of each domain that is
asked shows every leaf of its root and, for what was asked, the signed originals, in parts of bounded size.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from exchange.schemas.base import LARGEST_INTEGER, Address, Body, Digest, MessageId, Room, Title, Wire
from exchange.schemas.tally import Count, Tally

MAX_SHOWN = 100
"""Receipts in one part."""
MAX_PARTS = 1_000
MAX_PROOFS = 16_000
"""Own authorities of one domain whose digests fit into a signed document."""
MAX_RESTS = 1_000

Part = Annotated[int, Field(ge=1, le=MAX_PARTS)]


class ReceiptsRequest(Body):
    """Asks a relay office to show what its count of a notice rests on; it passes the request on to levels concerned."""

    KIND: ClassVar[str] = "receipts-request"
    TITLE: ClassVar[Title] = ("调取回执", "Request for receipts")
    ROOM: ClassVar[Room] = Room.NOTICES

    request_id: MessageId
    """Stays the same on the way down, and stands in everything that is shown."""
    notice_id: MessageId
    asker: Address
    """To whom it is shown: the notice's origin, or a relay office that the notice has passed."""
    domain: Address
    """Whose receipts, with those of the levels below."""
    body: Address | None = None
    """Only this authority's, and none of the levels below."""

    @model_validator(mode="after")
    def _a_body_of_that_domain(self) -> Self:
        if self.body is not None and self.body.rpartition(".")[0] != self.domain:
            raise ValueError("body: one of the domain that is asked for")
        return self


class Rest(Wire):
    """What a count says of one level directly below: that level's tally by its number, with its counts and root."""

    domain: Address
    serial: Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
    """0 where none has come."""
    counts: Annotated[tuple[Count, ...], Field(max_length=60)] = ()
    root: Digest | None = None


class ShownSort(StrEnum):
    """What an authority has signed."""

    SIGN_OFF = "sign-off"
    """Its answer: the COSE_Sign1 as it came."""
    RECEIPT = "receipt"
    """Its receipt of what was passed on to it: a `ReceiptProof` in JSON."""


class Shown(Wire):
    """One authority's signed original, which stands in the enclosures in the same place."""

    address: Address
    sort: ShownSort


class ReceiptsShown(Body):
    """One part of what a relay office's count rests on.

    ``proofs`` and the roots in ``branches`` are all leaves of the tally's root, in every part. The first enclosure is
    the list of originals in the order of ``shown``, the second one lists the forwardings that receipts among them are
    of; there are none where nothing is shown.
    """

    KIND: ClassVar[str] = "receipts-shown"
    TITLE: ClassVar[Title] = ("出示回执", "Receipts shown")
    ROOM: ClassVar[Room] = Room.NOTICES

    request_id: MessageId
    notice_id: MessageId
    tally: Tally
    """As it was told upward last."""
    proofs: Annotated[tuple[Digest, ...], Field(max_length=MAX_PROOFS)] = ()
    """SHA-256 of what each own authority has signed, ascending."""
    branches: Annotated[tuple[Rest, ...], Field(max_length=MAX_RESTS)] = ()
    part: Part = 1
    parts: Part = 1
    shown: Annotated[tuple[Shown, ...], Field(max_length=MAX_SHOWN)] = ()

    @model_validator(mode="after")
    def _one_of_its_parts_and_one_notice(self) -> Self:
        if self.part > self.parts:
            raise ValueError("part: one of the parts")
        if self.tally.notice_id != self.notice_id:
            raise ValueError("tally: of the notice that was asked about")
        return self
