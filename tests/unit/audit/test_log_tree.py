"""The tree of a log from its tiles: roots and proofs are those of the tree by definition, at every size."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest

from exchange.audit.log.tiles import Tiles, extended, hashes_of
from exchange.audit.merkle import check_consistency, leaf_hash, root_from_path
from exchange.errors import Forged

MOST = 300
LEAVES = [f"leaf {number}".encode() for number in range(MOST)]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]


def by_definition(hashes: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, over hashes of leaves."""
    if len(hashes) == 1:
        return hashes[0]
    left = 1
    while left * 2 < len(hashes):
        left *= 2
    return hashlib.sha256(b"\x01" + by_definition(hashes[:left]) + by_definition(hashes[left:])).digest()


ROOTS = {size: by_definition(HASHES[:size]) for size in range(1, MOST + 1)}


class Kept(dict[tuple[int, int], bytes]):
    """Tiles as a store keeps them."""

    def at(self, level: int, number: int) -> bytes:
        return self.get((level, number), b"")


def grown_by(*steps: int) -> Kept:
    kept, size = Kept(), 0
    for step in steps:
        kept |= extended(kept.at, size, HASHES[size : size + step])
        size += step
    return kept


WHOLE = grown_by(MOST)


def test_tiles_have_the_roots_of_every_size_that_the_log_had() -> None:
    tiles = Tiles(WHOLE.at)
    assert {size: tiles.root(size) for size in ROOTS} == ROOTS
    with pytest.raises(ValueError, match="needs a leaf"):
        tiles.root(0)
    with pytest.raises(Forged, match="missing"):
        tiles.root(MOST + 1)


@pytest.mark.parametrize("steps", [(1,) * MOST, (255, 1, 44), (256, 44), (257, 43), (3, 290, 7)])
def test_a_log_has_the_same_tiles_however_it_grew(steps: tuple[int, ...]) -> None:
    assert grown_by(*steps) == WHOLE


def test_tiles_are_full_but_for_the_last_of_each_level() -> None:
    of_300 = {(0, 0): 256, (0, 1): 44, (1, 0): 1}
    for size, expected in ((1, {(0, 0): 1}), (256, {(0, 0): 256, (1, 0): 1}), (300, of_300)):
        assert {place: len(hashes_of(tile)) for place, tile in grown_by(size).items()} == expected


def test_what_grew_after_a_write_that_was_half_done_is_written_over_it() -> None:
    """A tile that is longer than the log is counts for nothing: it is cut to the log before it grows."""
    kept = grown_by(10)
    kept[0, 0] += b"\xff" * 32
    assert extended(kept.at, 10, HASHES[10:20])[0, 0] == b"".join(HASHES[:20])


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 128, 255, 256, 257, 299, 300])
def test_every_entry_is_proved_at_every_size_and_none_for_another(size: int) -> None:
    tiles = Tiles(WHOLE.at)
    for index in range(0, size, max(1, size // 20)):
        path = tiles.inclusion(index, size)
        assert root_from_path(LEAVES[index], index, size, path) == ROOTS[size]
        assert root_from_path(LEAVES[(index + 1) % MOST], index, size, path) != ROOTS[size]
    with pytest.raises(ValueError, match="no such leaf"):
        tiles.inclusion(size, size)


SMALL = [(before, size) for size in range(1, 18) for before in range(1, size + 1)]
LARGE = [(before, size) for size in (255, 256, 257, 300) for before in (1, 128, 255, 256, 257)]


def test_growth_is_proved_between_any_two_sizes_and_not_from_another_root() -> None:
    tiles = Tiles(WHOLE.at)
    for before, size in [*SMALL, *((one, other) for one, other in LARGE if one <= other)]:
        path = tiles.consistency(before, size)
        check_consistency(before, size, ROOTS[before], ROOTS[size], path)
        wrong = [
            (before, size, by_definition([*HASHES[: before - 1], b"\0" * 32]), ROOTS[size], path),
            (before, size, ROOTS[before], by_definition([b"\0" * 32, *HASHES[1:size]]), path),
            (before, size, ROOTS[before], ROOTS[size], [*path, b"\0" * 32]),
            (before, size, ROOTS[before], ROOTS[size], [b"\0" * 32, *path[1:]] if path else [b"\0" * 32]),
        ]
        if path:
            wrong.append((before, size, ROOTS[before], ROOTS[size], path[:-1]))
        for case in wrong:
            with pytest.raises(Forged, match="consistency proof"):
                check_consistency(*case)


def test_no_size_is_taken_for_another() -> None:
    tiles = Tiles(WHOLE.at)
    path = tiles.consistency(5, 9)
    for before, size in ((0, 9), (10, 9), (-1, 9)):
        with pytest.raises(Forged, match="do not follow"):
            check_consistency(before, size, ROOTS[5], ROOTS[9], path)
        with pytest.raises(ValueError, match="no such tree"):
            tiles.consistency(before, size)
    for before, size in ((4, 9), (6, 9), (5, 8), (5, 17)):
        with pytest.raises(Forged):
            check_consistency(before, size, ROOTS[5], ROOTS[9], path)


def test_a_hash_that_is_missing_is_named_and_not_guessed() -> None:
    kept = Kept(WHOLE)
    kept[0, 0] = kept[0, 0][:-32]
    with pytest.raises(Forged, match="missing"):
        Tiles(kept.at).inclusion(0, 256)
