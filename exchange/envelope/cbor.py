"""CBOR (RFC 8949) as the envelope uses it: deterministic when written, bounded and exact when read."""

from __future__ import annotations

from typing import Any

import cbor2

from exchange.errors import Malformed
from exchange.language import Text

MAPS = (dict, cbor2.frozendict)
"""What maps are read as: inside tags and keys, as what cannot change."""

_MAX_DEPTH = 6
_MAX_ITEMS = 1_100
"""Integers, strings, arrays, maps and tags in one item, itself included: a full list of receipts, and some to spare."""

_LONG_HEADS = {24: (1, 24), 25: (2, 1 << 8), 26: (4, 1 << 16), 27: (8, 1 << 32)}
"""Bytes of the argument that follow a lead byte (section 3), and the least for which there is no shorter head;
indefinite lengths are not among them."""
_CONTENTS = ((0, 0), (0, 0), (1, 0), (1, 0), (0, 1), (0, 2))
"""For the major types 0 to 5: how many bytes and how many items one unit of the argument stands for."""
_MAP, _TAG = 5, 6
_COSE_TAGS = frozenset({18, 96, 98})
"""Of the messages of RFC 9052 that are used here: the decoder makes nothing else of what they hold."""


def encode(value: Any) -> bytes:
    """Encode deterministically: shortest forms, definite lengths, sorted keys."""
    return cbor2.dumps(value, canonical=True)


def decode(data: bytes, what: str | Text, limit: int) -> Any:
    """Read exactly one deterministically encoded item of at most ``limit`` bytes. Raises Malformed naming ``what``."""
    value, fault = decode_as_it_is(data, what, limit)
    if fault is not None:
        raise fault
    return value


def decode_as_it_is(data: bytes, what: str | Text, limit: int) -> tuple[Any, Malformed | None]:
    """Read an item within the bounds however it is encoded, and what is wrong with that. Raises Malformed.

    For telling whose it is: nothing that it says counts where something is wrong.
    """
    if len(data) > limit:
        raise Malformed("{what}: {count:,} bytes, at most {limit:,} are taken", what=what, count=len(data), limit=limit)
    one_way = _check_bounds(data, what)
    try:
        value = _load(data, duplicates=False)
        exact = one_way or encode(value) == data
    except Exception as error:  # the decoder meets hostile input: whatever it raises, the item is not ours
        fault = Malformed("{what}: not CBOR, or beyond its bounds ({name})", what=what, name=type(error).__name__)
        try:
            return _load(data, duplicates=True), fault
        except Exception:
            raise fault from None
    if not exact:
        return value, Malformed("{what}: not in deterministic encoding, or followed by other bytes", what=what)
    return value, None


def _load(data: bytes, *, duplicates: bool) -> Any:
    return cbor2.loads(
        data, max_depth=_MAX_DEPTH, allow_indefinite=False, allow_duplicate_keys=duplicates, semantic_decoders={}
    )


def byte_string(length: int) -> bytes:
    """Return the head of a byte string of that length, for structures that are put together from ready parts."""
    for limit, lead, size in ((24, 0x40, 0), (2**8, 0x58, 1), (2**16, 0x59, 2), (2**32, 0x5A, 4)):
        if length < limit:
            return bytes([lead + length]) if size == 0 else bytes([lead]) + length.to_bytes(size, "big")
    raise ValueError("longer than any envelope")


def _check_bounds(data: bytes, what: str | Text) -> bool:
    """Walks the heads before anything is built: a few megabytes of empty lists would fill the memory.

    Floats and simple values are refused with the rest, since they would compare equal to the integers that stand here.

    Returns whether it is seen already that this is the one encoding of what can be read there: every head is as short
    as can be, nothing follows, no map has an order, and no tag of which the decoder may make something else.
    """
    at, expected, left, one_way = 0, 1, _MAX_ITEMS, True
    try:
        while expected:
            lead = data[at]
            at += 1
            argument = lead & 31
            if argument > 23:
                size, least = _LONG_HEADS[argument]
                argument = int.from_bytes(data[at : at + size], "big")
                at += size
                one_way = one_way and argument >= least
            major = lead >> 5
            if major == _TAG:  # its content takes its place in the count
                one_way = one_way and argument in _COSE_TAGS
            else:
                one_way = one_way and (major != _MAP or argument < 2)
                skipped, inside = _CONTENTS[major]
                at += argument * skipped
                expected += argument * inside - 1
            left -= 1
            if expected > left:
                raise Malformed("{what}: more than {max_items:,} items", what=what, max_items=_MAX_ITEMS)
    except (IndexError, KeyError):
        raise Malformed("{what}: cut off, or of types that have no place here", what=what) from None
    return one_way and at == len(data)
