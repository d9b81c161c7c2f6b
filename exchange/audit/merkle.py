"""Merkle trees as in RFC 9162, section 2.1: leaves and nodes hashed apart, so that none can pass for the other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from exchange.errors import Forged


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over one or more leaves. Raises ValueError for none: an empty set proves nothing."""
    if not leaves:
        raise ValueError("a tree needs a leaf")
    return _root([_leaf(leaf) for leaf in leaves])


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the hashes that lead from a leaf to the root (section 2.1.3.1), nearest first."""
    if not 0 <= index < len(leaves):
        raise ValueError("no such leaf")
    return tuple(_path([_leaf(leaf) for leaf in leaves], index))


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Compute the root from a leaf and its path (section 2.1.3.2). Raises Forged when they cannot belong together."""
    if not 0 <= index < size:
        raise Forged("inclusion proof: the index lies outside the tree")
    node, last, digest = index, size - 1, _leaf(leaf)
    for sibling in path:
        if last == 0:
            raise Forged("inclusion proof: longer than the tree is high")
        if node & 1 or node == last:
            digest = _node(sibling, digest)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            digest = _node(digest, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise Forged("inclusion proof: shorter than the tree is high")
    return digest


def _root(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    split = _split(len(hashes))
    return _node(_root(hashes[:split]), _root(hashes[split:]))


def _path(hashes: list[bytes], index: int) -> list[bytes]:
    if len(hashes) == 1:
        return []
    split = _split(len(hashes))
    if index < split:
        return [*_path(hashes[:split], index), _root(hashes[split:])]
    return [*_path(hashes[split:], index - split), _root(hashes[:split])]


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def _leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
