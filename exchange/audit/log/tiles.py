"""The hashes of a log in tiles of height 8: what is complete is never written again, and every proof is read from them.

A tile of level 0 holds the hashes of up to 256 leaves, one of level n the roots of up to 256 complete tiles of level
n - 1. Pure: whoever keeps tiles hands in how one is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from exchange.audit.merkle import consistency_within, node_hash, path_within, root_of
from exchange.errors import Forged

HEIGHT, WIDTH, HASH = 8, 256, 32
"""Levels of the tree in a tile, hashes in a full one, and bytes of a hash."""

Place = tuple[int, int]
"""Level and number of a tile, both from 0."""

TileAt = Callable[[int, int], bytes]
"""Returns the hashes of a tile, one after another; nothing where there is no such tile."""


class Tiles:
    """What can be read from the tiles of a log: roots and proofs of it at any size that it had."""

    def __init__(self, tile_at: TileAt) -> None:
        self._tile_at = tile_at

    def leaf(self, index: int) -> bytes:
        """Return the hash of a leaf. Raises Forged where it is not kept."""
        return self._complete(0, index)

    def root(self, size: int) -> bytes:
        """Return the root over the first ``size`` leaves. Raises Forged where hashes are missing."""
        if size < 1:
            raise ValueError("a tree needs a leaf")
        return self._range(0, size)

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the path of a leaf in the log of that size. Raises Forged, or ValueError for no such leaf."""
        return path_within(self._range, index, size)

    def consistency(self, before: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that the log of one size begins that of another. Raises Forged, or ValueError."""
        return consistency_within(self._range, before, size)

    def _range(self, begin: int, end: int) -> bytes:
        """The root of a range as it occurs in these trees: complete parts, each at a place of its own size."""
        length = end - begin
        level = length.bit_length() - 1
        if length == 1 << level:
            return self._complete(level, begin >> level)
        middle = begin + (1 << level)
        return node_hash(self._complete(level, begin >> level), self._range(middle, end))

    def _complete(self, level: int, index: int) -> bytes:
        """The root of a complete tree of 2^level leaves."""
        tile_level, inside = divmod(level, HEIGHT)
        number, offset = divmod(index << inside, WIDTH)
        wanted = 1 << inside
        hashes = hashes_of(self._tile_at(tile_level, number)[offset * HASH : (offset + wanted) * HASH])
        if len(hashes) != wanted:
            raise Forged("log: hashes of it are missing")
        return root_of(hashes)


def hashes_of(tile: bytes) -> list[bytes]:
    """Return the hashes of a tile, each by itself."""
    return [tile[at : at + HASH] for at in range(0, len(tile) - HASH + 1, HASH)]


def extended(tile_at: TileAt, size: int, leaves: Sequence[bytes]) -> dict[Place, bytes]:
    """Return the tiles that are new or longer once hashes of leaves follow the first ``size``."""
    changed: dict[Place, bytes] = {}
    level, begin, hashes = 0, size, list(leaves)
    while hashes:
        end = begin + len(hashes)
        for number, part in _by_tile(begin, hashes):
            before = tile_at(level, number)[: begin % WIDTH * HASH] if number == begin // WIDTH else b""
            changed[level, number] = before + b"".join(part)
        done = range(begin // WIDTH, end // WIDTH)
        hashes = [root_of(hashes_of(changed[level, number])) for number in done]
        level, begin = level + 1, begin // WIDTH
    return changed


def _by_tile(begin: int, hashes: Sequence[bytes]) -> Iterator[tuple[int, Sequence[bytes]]]:
    """Hashes that follow each other, by the number of the tile they belong to."""
    at = 0
    while at < len(hashes):
        number, offset = divmod(begin + at, WIDTH)
        part = hashes[at : at + WIDTH - offset]
        yield number, part
        at += len(part)
