"""Lists of receipts as they travel beside the signed root: a CBOR array of byte strings."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.envelope import cbor
from exchange.errors import Malformed
from exchange.language import Text

_WHOLE = Text("receipts")
_MOST, _LONGEST, _LIMIT = 1000, 65_536, 8_000_000


def pack_leaves(leaves: Sequence[bytes]) -> bytes:
    """Join leaves to one byte string."""
    return cbor.encode(list(leaves))


def unpack_leaves(data: bytes, longest: int = _LONGEST) -> list[bytes]:
    """Read the leaves of a list: 1 to 1,000, each up to 64 KiB, or to ``longest``. Raises Malformed."""
    leaves = cbor.decode(data, _WHOLE, _LIMIT)
    if not isinstance(leaves, list | tuple) or not 1 <= len(leaves) <= _MOST:
        raise Malformed("receipts: not a list of 1 to 1,000")
    if any(not isinstance(leaf, bytes) or len(leaf) > longest for leaf in leaves):
        raise Malformed("receipts: one is not a byte string, or too long")
    return list(leaves)
