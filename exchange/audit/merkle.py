"""Merkle trees as in RFC 9162, section 2.1: leaves and nodes hashed apart, so that none can pass for the other.

Paths are made over whatever knows the roots of ranges of leaves: a list of them all, or the tiles of a log
(`exchange.audit.log.tiles`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from exchange.errors import Forged

Ranges = Callable[[int, int], bytes]
"""Returns the root over the leaves from the first number up to, and without, the second one."""


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over one or more leaves. Raises ValueError for none: an empty set proves nothing."""
    if not leaves:
        raise ValueError("a tree needs a leaf")
    return root_of([leaf_hash(leaf) for leaf in leaves])


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the hashes that lead from a leaf to the root (section 2.1.3.1), nearest first."""
    hashes = [leaf_hash(leaf) for leaf in leaves]
    return path_within(lambda begin, end: root_of(hashes[begin:end]), index, len(hashes))


def path_within(root: Ranges, index: int, size: int) -> tuple[bytes, ...]:
    """Return the inclusion path of a leaf in the tree over the first ``size`` leaves. Raises ValueError for none."""
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(root(middle, end))
            end = middle
        else:
            path.append(root(begin, middle))
            begin = middle
    return tuple(reversed(path))


def consistency_within(root: Ranges, before: int, size: int) -> tuple[bytes, ...]:
    """Return the hashes that prove the tree over the first ``before`` leaves within that over ``size`` (2.1.4.1).

    None are needed where both are the same. Raises ValueError where the first is empty, or the larger one.
    """
    if not 0 < before <= size:
        raise ValueError("no such tree")
    path: list[bytes] = []
    begin, end, is_whole = 0, size, True
    while before != end - begin:
        middle = begin + _split(end - begin)
        if before <= middle - begin:
            path.append(root(middle, end))
            end = middle
        else:
            path.append(root(begin, middle))
            before, begin, is_whole = before - (middle - begin), middle, False
    if not is_whole:
        path.append(root(begin, end))
    return tuple(reversed(path))


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Compute the root from a leaf and its path (section 2.1.3.2). Raises Forged when they cannot belong together."""
    if not 0 <= index < size:
        raise Forged("inclusion proof: the index lies outside the tree")
    node, last, digest = index, size - 1, leaf_hash(leaf)
    for sibling in path:
        if last == 0:
            raise Forged("inclusion proof: longer than the tree is high")
        if node & 1 or node == last:
            digest = node_hash(sibling, digest)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise Forged("inclusion proof: shorter than the tree is high")
    return digest


def check_consistency(before: int, size: int, old: bytes, new: bytes, path: Sequence[bytes]) -> None:
    """Raise Forged unless the tree with the root ``old`` over ``before`` leaves begins the one with ``new`` (2.1.4.2).

    Nothing is proved of an empty tree.
    """
    if not 0 < before <= size:
        raise Forged("consistency proof: the sizes do not follow each other")
    if before == size:
        if path or old != new:
            raise Forged("consistency proof: two trees of one size are not the same")
        return
    steps = list(path) if before & (before - 1) else [old, *path]
    if not steps:
        raise Forged("consistency proof: shorter than the tree is high")
    node, last = before - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            raise Forged("consistency proof: longer than the tree is high")
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    if last or first != old or second != new:
        raise Forged("consistency proof: the larger tree does not begin with the smaller one")


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over hashes of leaves, or of complete trees of one size."""
    if len(hashes) == 1:
        return hashes[0]
    split = _split(len(hashes))
    return node_hash(root_of(hashes[:split]), root_of(hashes[split:]))


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of what joins two trees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1
