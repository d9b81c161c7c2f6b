"""How two heads of a log belong together: one begins the other, or they are of two histories. Pure.

A proof of growth says, with a root, what the log under a signed head was at an earlier size. So it proves either: that
a head of that size is of the same history, or, where that one has another root, that the member has signed two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from exchange.audit.log.heads import HEAD_LIMIT, LogHead, SignedHead
from exchange.audit.log.receipts import verify_consistency
from exchange.envelope import Trust, cbor
from exchange.errors import Forged, Malformed
from exchange.language import Text

_LIMIT = 8_192
_OFFER_LIMIT = HEAD_LIMIT + _LIMIT + 64
_WHAT, _OFFER = Text("growth of a log"), Text("head that is shown")


@dataclass(frozen=True)
class Growth:
    """The log under a head had, at an earlier size, this root."""

    before: int
    root: bytes
    size: int


def growth_file(root: bytes, receipt: bytes) -> bytes:
    """Put a proof of growth together: the earlier root, and the COSE Receipt that leads from it to the later one."""
    return cbor.encode([root, receipt])


def read_growth(data: bytes, later: SignedHead, trust: Trust) -> Growth:
    """Verify a proof of growth under the head of the larger size.

    Raises Malformed, Unsupported, Untrusted or Forged.
    """
    parts = cbor.decode(data, _WHAT, _LIMIT)
    if not isinstance(parts, list | tuple) or len(parts) != 2 or not all(isinstance(one, bytes) for one in parts):
        raise Malformed("growth of a log: not a root with its receipt")
    root, receipt = parts
    found = verify_consistency(receipt, root, bytes.fromhex(later.head.root), trust)
    if found.size != later.head.size or found.signer.address != later.head.origin:
        raise Forged("growth of a log: of another log than the head is of, or of another size")
    return Growth(found.before, root, found.size)


def offer(head: bytes, growth: bytes) -> bytes:
    """Put together what shows a head to a witness: the head, and what leads to it from the one that is held there."""
    return cbor.encode([head, growth])


def read_offer(data: bytes) -> tuple[bytes, bytes]:
    """Return a head that is shown and its proof of growth, which may be empty; neither is verified.

    Raises Malformed.
    """
    parts = cbor.decode(data, _OFFER, _OFFER_LIMIT)
    if not isinstance(parts, list | tuple) or len(parts) != 2 or not all(isinstance(one, bytes) for one in parts):
        raise Malformed("head that is shown: not a head with a proof of growth")
    return parts[0], parts[1]


class HeadStanding(StrEnum):
    """How a head that is shown stands to the one that is held."""

    GROWN = "grown"
    """It begins with all that the held one had."""
    KNOWN = "known"
    """It is the held one, or one of before."""
    UNPROVED = "unproved"
    """It has more entries, and nothing leads from the held one to it."""
    SHORTER = "shorter"
    """It was signed later, and has fewer entries: something was cut off, or an older database put back."""
    FORKED = "forked"
    """Both are signed, and are of two histories."""

    @property
    def contradicts(self) -> bool:
        """Whether both cannot be heads of a log that only grows."""
        return self in (HeadStanding.SHORTER, HeadStanding.FORKED)


def standing_of(held: LogHead, shown: SignedHead, growth: bytes, trust: Trust) -> HeadStanding:
    """Tell how a head that is shown stands to the held one of the same log, both verified.

    A proof of growth that does not hold proves nothing, for it or against it: anybody on the way could have changed it.
    """
    one, other = held, shown.head
    if other.size == one.size:
        return HeadStanding.KNOWN if other.root == one.root else HeadStanding.FORKED
    if other.size < one.size:
        return HeadStanding.SHORTER if other.issued_at > one.issued_at else HeadStanding.KNOWN
    if not growth:
        return HeadStanding.UNPROVED
    found = read_growth(growth, shown, trust)
    if found.before != one.size:
        return HeadStanding.UNPROVED
    return HeadStanding.GROWN if found.root.hex() == one.root else HeadStanding.FORKED
