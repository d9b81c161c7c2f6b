"""COSE Receipts (RFC 9942): a signature over the root of a log that does not stand in it, and proofs beside it.

Who has a leaf, or an older root, computes the root from the proof; so the payload is left out, as null. That is the one
place where null may stand, and this is its own reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cbor2 import CBORTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exchange.envelope import cbor
from exchange.envelope.primitives import signature_verifies
from exchange.envelope.protocols import SigningKey
from exchange.envelope.sign1 import ALG, EDDSA, SHA_256, X5T, thumbprint
from exchange.errors import Forged, Malformed, Unsupported
from exchange.language import Text

VDS, PROOFS = 395, 396
"""Header labels: the kind of verifiable data structure, and the proofs about it."""
RFC9162_SHA256 = 1
INCLUSION, CONSISTENCY = -1, -2
"""Names of the kinds of proof."""
_TAG, _CONTEXT, _LIMIT = 18, "Signature1", 8_192
_NULL, _EMPTY, _SIGNATURE = b"\xf6", b"\x40", b"\x58\x40"
"""As encoded: the payload left out, an empty byte string in its place, and the head of a signature."""
_TAIL = 66
"""Bytes of a signature, encoded."""
_WHAT = Text("receipt of a log")


@dataclass(frozen=True)
class Detached:
    """A receipt as read; nothing of it is verified yet."""

    kind: int
    """`INCLUSION` or `CONSISTENCY`."""
    proof: bytes
    x5t: bytes
    """Thumbprint of the certificate of whoever signed the root."""
    _protected: bytes
    _signature: bytes

    def verify(self, root: bytes, key: Ed25519PublicKey) -> None:
        """Raise Forged unless ``key`` has signed this root."""
        if not signature_verifies(key, self._signature, _to_be_signed(self._protected, root)):
            raise Forged("receipt of a log: its signature does not hold for this root")


def sign_root(root: bytes, x5t: bytes, key: SigningKey) -> bytes:
    """Return the signature over a root, which every receipt for it bears."""
    return key.sign(_to_be_signed(_protected(x5t), root))


def write_receipt(kind: int, proof: Sequence[Any], x5t: bytes, signature: bytes) -> bytes:
    """Put a receipt together from a proof and the signature over its root."""
    parts = [_protected(x5t), {PROOFS: {kind: [cbor.encode(list(proof))]}}, None, signature]
    return cbor.encode(CBORTag(_TAG, parts))


def read_detached(data: bytes) -> Detached:
    """Read a receipt with one proof, whose form is exact. Raises Malformed or Unsupported."""
    protected, unprotected, signature = _parts(data)
    header = cbor.decode(protected, Text("signature header"), _LIMIT)
    if not isinstance(header, Mapping) or set(header) != {ALG, X5T, VDS}:
        raise Malformed("receipt of a log: not exactly the labels of a receipt")
    if header[ALG] != EDDSA or header[VDS] != RFC9162_SHA256:
        raise Unsupported("receipt of a log: its algorithm or kind of log is not known here")
    proofs = unprotected.get(PROOFS) if isinstance(unprotected, Mapping) and len(unprotected) == 1 else None
    if not isinstance(proofs, Mapping) or len(proofs) != 1:
        raise Malformed("receipt of a log: has one kind of proof beside it, and nothing else")
    ((kind, listed),) = proofs.items()
    if kind not in (INCLUSION, CONSISTENCY):
        raise Unsupported("receipt of a log: its kind of proof is not known here")
    if not isinstance(listed, list | tuple) or len(listed) != 1 or not isinstance(listed[0], bytes):
        raise Malformed("receipt of a log: has one proof")
    return Detached(kind, listed[0], thumbprint(header), protected, signature)


def _parts(data: bytes) -> tuple[bytes, Any, bytes]:
    """Protected header, unprotected one, signature: read as if the payload were empty, where it is null and last but
    one.
    """
    at = len(data) - _TAIL - 1
    if at < 0 or data[at : at + 1] != _NULL or data[at + 1 : at + 3] != _SIGNATURE:
        raise Malformed("receipt of a log: does not end with a payload left out and a signature")
    tagged = cbor.decode(data[:at] + _EMPTY + data[at + 1 :], _WHAT, _LIMIT)
    parts = tagged.value if isinstance(tagged, CBORTag) and tagged.tag == _TAG else None
    if not isinstance(parts, list | tuple) or len(parts) != 4:
        raise Malformed("receipt of a log: not a COSE_Sign1")
    protected, unprotected, payload, signature = parts
    if not isinstance(protected, bytes) or payload != b"" or not isinstance(signature, bytes) or len(signature) != 64:
        raise Malformed("receipt of a log: a part of the COSE_Sign1 has the wrong type")
    return protected, unprotected, signature


def _protected(x5t: bytes) -> bytes:
    return cbor.encode({ALG: EDDSA, X5T: [SHA_256, x5t], VDS: RFC9162_SHA256})


def _to_be_signed(protected: bytes, root: bytes) -> bytes:
    return cbor.encode([_CONTEXT, protected, b"", root])
