"""A log that goes on from a backup: its member says so, and its heads of before and after are told apart.

Whoever puts an older database back cannot help signing a second history of its log: what was sealed since the backup is
in heads that others hold, and not in the log any more. Without a word that is what a forger does. With it, heads from
before the restoration that go beyond the backup, and heads from after it, do not contradict each other; that entries
are gone stays on record, and is the member's word alone. What is wrong by itself, before or after, stays wrong. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from exchange.audit.log.growth import read_growth
from exchange.audit.log.heads import LogHead, SignedHead
from exchange.envelope import Identity, Signer, Trust
from exchange.envelope.document import check_time, content_type
from exchange.envelope.papers import sign_body
from exchange.envelope.sign1 import CONTENT_TYPE, Sign1, read_sign1, thumbprint, verify_sign1
from exchange.envelope.strict import read_model
from exchange.errors import Forged, Malformed, SenderError
from exchange.schemas import Body
from exchange.schemas.base import LARGEST_INTEGER, Address, Digest
from exchange.schemas.instants import Instant

RESTORATION_LIMIT = 4_096
"""Bytes of a signed restoration."""
EMPTY_ROOT = hashlib.sha256().digest()
"""Root of a log without entries (RFC 9162, section 2.1.1)."""


class LogRestoration(Body):
    """That a member's log was put back to what a backup had of it, and goes on from there."""

    KIND: ClassVar[str] = "log-restored"

    origin: Address
    size: Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
    """Entries that were there again."""
    root: Digest
    backup: Digest
    """SHA-256 of the backup's manifest."""
    backed_up_at: Instant
    restored_at: Instant
    """Every head from before this is of the history that ended; every later one goes on from `size`."""


@dataclass(frozen=True)
class SignedRestoration:
    """A restoration that verifies, with its bytes as they were signed."""

    body: LogRestoration
    signed: bytes
    signer: Signer

    def divides(self, earlier: LogHead, later: LogHead) -> bool:
        """Whether the first head is of before, and goes beyond the backup, and the other one of after."""
        return earlier.issued_at < self.body.restored_at <= later.issued_at and earlier.size > self.body.size

    def begins(self, later: SignedHead, growth: bytes, trust: Trust) -> bool:
        """Whether the log under a head begins with what was put back; ``growth`` proves it."""
        if self.body.size == later.head.size:
            return self.body.root == later.head.root
        if self.body.size == 0:
            return True
        try:
            found = read_growth(growth, later, trust)
        except SenderError:
            return False
        return (found.before, found.root.hex()) == (self.body.size, self.body.root)


def sign_restoration(identity: Identity, body: LogRestoration) -> bytes:
    """Sign it with the member's own key."""
    return sign_body(body, identity.certificate, identity.signing_key)


def read_restoration(data: bytes, trust: Trust, now: datetime | None = None) -> SignedRestoration:
    """Verify a restoration by the member that it names. Raises Malformed, Unsupported, Untrusted or Forged.

    ``now`` refuses one from the future.
    """
    body, message = _read(data)
    signer = trust.signer(thumbprint(message.header))
    verify_sign1(message, signer.public_key)
    if signer.address != body.origin:
        raise Forged(
            "restoration of a log: of {origin}, and signed by {signer}", origin=body.origin, signer=signer.address
        )
    if body.backed_up_at > body.restored_at:
        raise Forged("restoration of a log: restored before it was backed up")
    check_time(signer, body.restored_at, now)
    return SignedRestoration(body, data, signer)


def dividing(
    restorations: Iterable[SignedRestoration], earlier: LogHead, later: SignedHead, growth: bytes, trust: Trust
) -> SignedRestoration | None:
    """Return the restoration by which two heads of one log do not contradict each other; None where none does."""
    fit = (one for one in restorations if one.body.origin == later.head.origin and one.divides(earlier, later.head))
    return next((one for one in fit if one.begins(later, growth, trust)), None)


def _read(data: bytes) -> tuple[LogRestoration, Sign1]:
    message = read_sign1(data, RESTORATION_LIMIT)
    if message.header.get(CONTENT_TYPE) != content_type(LogRestoration.KIND, LogRestoration.VERSION):
        raise Malformed("restoration of a log: its content type says that it is something else")
    return read_model(LogRestoration, message.payload, LogRestoration.KIND), message
