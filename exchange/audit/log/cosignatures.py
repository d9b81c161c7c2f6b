"""A witness's cosignature: a member says that it has seen this head of another member's log, and when.

The head is inside as its own member signed it, so that two cosignatures are enough to show two histories.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from exchange.audit.log.heads import HEAD_LIMIT, SignedHead, read_log_head
from exchange.envelope import Identity, Signer, Trust
from exchange.envelope.document import check_time, content_type
from exchange.envelope.papers import sign_body
from exchange.envelope.sign1 import CONTENT_TYPE, Sign1, read_sign1, thumbprint, verify_sign1
from exchange.envelope.strict import read_model
from exchange.errors import Forged, Malformed
from exchange.schemas import Body
from exchange.schemas.base import Address
from exchange.schemas.instants import CLOCK_SKEW, Instant

COSIGNATURE_LIMIT = 8_192
"""Bytes of a signed cosignature."""


class LogCosignature(Body):
    """That a member has seen a head of another one's log, which began with every head that it had seen before."""

    KIND: ClassVar[str] = "log-cosignature"

    witness: Address
    head: Annotated[bytes, Field(min_length=1, max_length=HEAD_LIMIT)]
    """As its own member signed it."""
    seen_at: Instant


@dataclass(frozen=True)
class CosignedHead:
    """A cosignature that verifies, with the head in it, and its bytes as they were signed."""

    body: LogCosignature
    head: SignedHead
    signed: bytes
    signer: Signer


def sign_cosignature(identity: Identity, head: bytes, seen_at: datetime) -> bytes:
    """Sign that this member has seen a head."""
    body = LogCosignature(witness=identity.address, head=head, seen_at=seen_at)
    return sign_body(body, identity.certificate, identity.signing_key)


def open_cosignature(data: bytes) -> LogCosignature:
    """Read a cosignature that was verified before. Raises Malformed or Unsupported."""
    return _read(data)[0]


def read_cosignature(data: bytes, trust: Trust, now: datetime | None = None) -> CosignedHead:
    """Verify a cosignature and the head in it. Raises Malformed, Unsupported, Untrusted or Forged.

    ``now`` refuses one from the future.
    """
    body, message = _read(data)
    signer = trust.signer(thumbprint(message.header))
    verify_sign1(message, signer.public_key)
    head = read_log_head(body.head, trust)
    if signer.address != body.witness or signer.address == head.head.origin:
        raise Forged(
            "cosignature of a head: of {witness} for {origin}, and signed by {signer}",
            witness=body.witness, origin=head.head.origin, signer=signer.address,
        )  # fmt: skip
    if head.head.issued_at > body.seen_at + CLOCK_SKEW:
        raise Forged("cosignature of a head: seen before the head was signed")
    check_time(signer, body.seen_at, now)
    return CosignedHead(body, head, data, signer)


def _read(data: bytes) -> tuple[LogCosignature, Sign1]:
    message = read_sign1(data, COSIGNATURE_LIMIT)
    if message.header.get(CONTENT_TYPE) != content_type(LogCosignature.KIND, LogCosignature.VERSION):
        raise Malformed("cosignature of a head: its content type says that it is something else")
    return read_model(LogCosignature, message.payload, LogCosignature.KIND), message
