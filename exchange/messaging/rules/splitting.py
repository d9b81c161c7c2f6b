"""Splitting: what is too much for one message goes in several, each thing in exactly one of them, in its order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def groups(things: Sequence[T], most: int) -> list[tuple[T, ...]]:
    """Divide things into as few groups as possible, none above ``most``, none empty. Raises ValueError for less than
    one.
    """
    if most < 1:
        raise ValueError("a group has room for one at least")
    return [tuple(things[start : start + most]) for start in range(0, len(things), most)]


def parts(sizes: Sequence[int], most: int, room: int) -> list[range]:
    """Cut places of things of these sizes, in order, so that a part has at most ``most`` things and ``room`` in all.

    What is larger than the room stands in a part of its own. There is always a part, if only an empty one.
    """
    if most < 1:
        raise ValueError("a part has room for one at least")
    found: list[range] = []
    start, taken = 0, 0
    for place, size in enumerate(sizes):
        if place > start and (place - start == most or taken + size > room):
            found.append(range(start, place))
            start, taken = place, 0
        taken += size
    return [*found, range(start, len(sizes))]
