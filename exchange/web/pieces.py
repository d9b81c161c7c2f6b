"""What is sent while it is made goes out in pieces: each costs a change of threads, and one a line would take long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

PIECE = 65_536
"""Octets of a piece, at least; the last one is what is left."""


def in_pieces(parts: Iterable[bytes], least: int = PIECE) -> Iterator[bytes]:
    """Yield the same octets in larger pieces."""
    waiting, octets = list[bytes](), 0
    for part in parts:
        waiting.append(part)
        octets += len(part)
        if octets >= least:
            yield b"".join(waiting)
            waiting, octets = [], 0
    if waiting:
        yield b"".join(waiting)
