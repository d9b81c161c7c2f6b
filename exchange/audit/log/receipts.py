"""What a log proves to a stranger: that an entry is in it, and that it only grew. COSE Receipts (RFC 9942).

The signature covers a root, not the size beside it: which place a leaf has, and how long the log was, is proved only
together with a head that names size and root (`exchange.audit.log.heads`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from exchange.audit.merkle import check_consistency, root_from_path
from exchange.envelope import Signer, Trust, cbor
from exchange.envelope.detached import CONSISTENCY, INCLUSION, Detached, read_detached, write_receipt
from exchange.errors import Malformed
from exchange.language import Text
from exchange.schemas.base import LARGEST_INTEGER

_LONGEST = 64
"""Hashes of a path: more leaves than a size can count."""
_LIMIT = 4_096


@dataclass(frozen=True)
class Included:
    """A leaf is in the log that had this root; place and size as its receipt says them."""

    index: int
    size: int
    root: bytes
    signer: Signer


@dataclass(frozen=True)
class Grown:
    """The log with the later root begins with all that the earlier one had; sizes as the receipt says them."""

    before: int
    size: int
    signer: Signer


def inclusion_receipt(index: int, size: int, path: Sequence[bytes], x5t: bytes, signature: bytes) -> bytes:
    """Return the receipt of a leaf; ``signature`` is that over the root of the log of this size."""
    return write_receipt(INCLUSION, [size, index, list(path)], x5t, signature)


def consistency_receipt(before: int, size: int, path: Sequence[bytes], x5t: bytes, signature: bytes) -> bytes:
    """Return the receipt of a log's growth; ``signature`` is that over the root of the larger size."""
    return write_receipt(CONSISTENCY, [before, size, list(path)], x5t, signature)


def verify_inclusion(data: bytes, leaf: bytes, trust: Trust) -> Included:
    """Verify that a signed root is over this leaf. Raises Malformed, Unsupported, Untrusted or Forged."""
    receipt = _read(data, INCLUSION)
    size, index, path = _proof(receipt)
    root = root_from_path(leaf, index, size, path)
    signer = trust.signer(receipt.x5t)
    receipt.verify(root, signer.public_key)
    return Included(index, size, root, signer)


def verify_consistency(data: bytes, old: bytes, new: bytes, trust: Trust) -> Grown:
    """Verify that the log with the signed root ``new`` begins with the one that had the root ``old``.

    Raises Malformed, Unsupported, Untrusted or Forged.
    """
    receipt = _read(data, CONSISTENCY)
    before, size, path = _proof(receipt)
    check_consistency(before, size, old, new, path)
    signer = trust.signer(receipt.x5t)
    receipt.verify(new, signer.public_key)
    return Grown(before, size, signer)


def _read(data: bytes, kind: int) -> Detached:
    receipt = read_detached(data)
    if receipt.kind != kind:
        raise Malformed("receipt of a log: proves something else")
    return receipt


def _proof(receipt: Detached) -> tuple[int, int, list[bytes]]:
    """The two numbers of a proof, and its path."""
    parts: Any = cbor.decode(receipt.proof, Text("receipt of a log"), _LIMIT)
    if not isinstance(parts, list | tuple) or len(parts) != 3:
        raise Malformed("receipt of a log: its proof has three parts")
    one, other, path = parts
    if not all(isinstance(number, int) and 0 <= number <= LARGEST_INTEGER for number in (one, other)):
        raise Malformed("receipt of a log: a size is no number that can be one")
    if not isinstance(path, list | tuple) or len(path) > _LONGEST:
        raise Malformed("receipt of a log: its path is none, or longer than any")
    if any(not isinstance(one, bytes) or len(one) != 32 for one in path):
        raise Malformed("receipt of a log: its path is not of SHA-256 hashes")
    return one, other, list(path)
