"""The head of a member's log, signed with its own key: how long the log was, and the one root that it then had."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from exchange.envelope import Identity, Signer, Trust
from exchange.envelope.document import check_time, content_type
from exchange.envelope.papers import sign_body
from exchange.envelope.sign1 import CONTENT_TYPE, Sign1, read_sign1, thumbprint, verify_sign1
from exchange.envelope.strict import read_model
from exchange.errors import Forged, Malformed
from exchange.schemas import Body
from exchange.schemas.base import LARGEST_INTEGER, Address, Digest
from exchange.schemas.instants import Instant

HASH_NAME: Literal["sha-256"] = "sha-256"
"""What the leaves and nodes of a log are hashed with; named in every head."""
HEAD_LIMIT = 4_096
"""Bytes of a signed head."""


class LogHead(Body):
    """How long a member's log was at a moment, and the root over all of it."""

    KIND: ClassVar[str] = "log-head"

    origin: Address
    """The member whose log it is."""
    size: Annotated[int, Field(ge=1, le=LARGEST_INTEGER)]
    root: Digest
    hash: Literal["sha-256"]
    previous: Digest | None
    """SHA-256 of the head before, as it was signed; null in the first one."""
    issued_at: Instant
    claimed: Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
    """How many first entries were written before there was a log: when they were written is claimed, not proved."""


@dataclass(frozen=True)
class OpenedHead:
    """A head as read; whose it is, is not verified yet."""

    head: LogHead
    signed: bytes
    _message: Sign1

    @property
    def x5t(self) -> bytes:
        """Return the thumbprint of the certificate that it names. Raises Malformed or Unsupported."""
        return thumbprint(self._message.header)

    def verify(self, trust: Trust, now: datetime | None = None) -> Signer:
        """Return its signer, which is the member that it names. Raises Malformed, Unsupported, Untrusted or Forged.

        ``now`` refuses one from the future.
        """
        signer = trust.signer(self.x5t)
        verify_sign1(self._message, signer.public_key)
        if self.head.origin != signer.address:
            raise Forged(
                "head of a log: of {origin}, and signed by {signer}", origin=self.head.origin, signer=signer.address
            )
        check_time(signer, self.head.issued_at, now)
        return signer


@dataclass(frozen=True)
class SignedHead:
    """A head that verifies, with its bytes as they were signed, and by whom."""

    head: LogHead
    signed: bytes
    signer: Signer

    @property
    def digest(self) -> str:
        """Return what the next head names as the one before."""
        return hashlib.sha256(self.signed).hexdigest()


def sign_log_head(
    identity: Identity, size: int, root: bytes, previous: bytes | None, issued_at: datetime, claimed: int
) -> bytes:
    """Sign how far a member's log has come; ``previous`` is the head before, as signed."""
    before = None if previous is None else hashlib.sha256(previous).hexdigest()
    body = LogHead(
        origin=identity.address, size=size, root=root.hex(), hash=HASH_NAME, previous=before, issued_at=issued_at,
        claimed=claimed,
    )  # fmt: skip
    return sign_body(body, identity.certificate, identity.signing_key)


def open_log_head(data: bytes) -> OpenedHead:
    """Read a head, whoever signed it. Raises Malformed or Unsupported."""
    message = read_sign1(data, HEAD_LIMIT)
    if message.header.get(CONTENT_TYPE) != content_type(LogHead.KIND, LogHead.VERSION):
        raise Malformed("head of a log: its content type says that it is something else")
    return OpenedHead(read_model(LogHead, message.payload, LogHead.KIND), data, message)


def read_log_head(data: bytes, trust: Trust, now: datetime | None = None) -> SignedHead:
    """Verify a head by the member that it names. Raises Malformed, Unsupported, Untrusted or Forged.

    ``now`` refuses one from the future.
    """
    opened = open_log_head(data)
    return SignedHead(opened.head, data, opened.verify(trust, now))
