"""A single receipt as a file of a bundle: leaf, path, and the digest of the signed batch, which is a document."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from exchange.envelope import cbor
from exchange.errors import Malformed
from exchange.language import Text
from exchange.schemas import ReceiptProof

_VERSION = 1
_LIMIT = 131_072
_WHAT = Text("receipt")


def receipt_file(proof: ReceiptProof) -> bytes:
    """Return a receipt as it lies in a bundle."""
    digest = hashlib.sha256(proof.signed).digest()
    return cbor.encode([_VERSION, proof.receipt, proof.index, proof.size, list(proof.path), digest])


def read_receipt_file(data: bytes, documents: Mapping[str, bytes]) -> ReceiptProof:
    """Read one, with the signed batch from among the documents, by digest. Raises Malformed where that is not there."""
    leaf, index, size, path, digest = _parts(data)
    signed = documents.get(digest.hex())
    if signed is None:
        raise Malformed("receipt: the batch that was signed is not in the bundle")
    return ReceiptProof(receipt=leaf, index=index, size=size, path=tuple(path), signed=signed)


def leaf_in(data: bytes) -> bytes:
    """Return the receipt itself, as it came, without its batch. Raises Malformed."""
    leaf: bytes = _parts(data)[0]
    return leaf


def _parts(data: bytes) -> tuple[Any, ...]:
    parts = cbor.decode(data, _WHAT, _LIMIT)
    if not _fits(parts):
        raise Malformed("receipt: not as a receipt lies in a bundle")
    return tuple(parts[1:])


def _fits(parts: Any) -> bool:
    if not isinstance(parts, list | tuple) or len(parts) != 6 or parts[0] != _VERSION:
        return False
    _, leaf, index, size, path, digest = parts
    whole = isinstance(index, int) and isinstance(size, int) and 0 <= index < size <= 1000
    hashes = isinstance(path, list | tuple) and len(path) <= 10 and all(_is_hash(one) for one in path)
    return whole and hashes and isinstance(leaf, bytes) and len(leaf) <= 65_536 and _is_hash(digest)


def _is_hash(value: Any) -> bool:
    return isinstance(value, bytes) and len(value) == 32
