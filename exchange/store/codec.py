"""Several byte strings in one column: each preceded by its length in four bytes."""

from __future__ import annotations

from collections.abc import Sequence


def join(parts: Sequence[bytes]) -> bytes:
    """Pack byte strings."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def split(data: bytes) -> tuple[bytes, ...]:
    """Split what `join` made into its parts."""
    parts, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        parts.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return tuple(parts)
