"""CBOR (RFC 8949) as the envelope uses it: deterministic when written, bounded and exact when read."""

from __future__ import annotations

from typing import Any

import cbor2

from exchange.errors import Malformed

_MAX_DEPTH = 6


def encode(value: Any) -> bytes:
    """Deterministic encoding: shortest forms, definite lengths, sorted keys."""
    return cbor2.dumps(value, canonical=True)


def decode(data: bytes, what: str, limit: int) -> Any:
    """Reads exactly one deterministically encoded item of at most ``limit`` bytes. Raises Malformed naming ``what``."""
    if len(data) > limit:
        raise Malformed(f"{what}: {len(data):,} bytes, at most {limit:,} are taken")
    try:
        value = cbor2.loads(
            data, max_depth=_MAX_DEPTH, allow_indefinite=False, allow_duplicate_keys=False, semantic_decoders={}
        )
        again = encode(value)
    except Exception as error:  # the decoder meets hostile input: whatever it raises, the item is not ours
        raise Malformed(f"{what}: not CBOR, or beyond its bounds ({type(error).__name__})") from None
    if again != data:
        raise Malformed(f"{what}: not in deterministic encoding, or followed by other bytes")
    return value


def byte_string(length: int) -> bytes:
    """The head of a byte string of that length, for structures that are put together from ready parts."""
    for limit, lead, size in ((24, 0x40, 0), (2**8, 0x58, 1), (2**16, 0x59, 2), (2**32, 0x5A, 4)):
        if length < limit:
            return bytes([lead + length]) if size == 0 else bytes([lead]) + length.to_bytes(size, "big")
    raise ValueError("longer than any envelope")
