"""COSE_Sign1 (RFC 9052, section 4.2) with Ed25519: written, read within bounds, verified."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cbor2 import CBORTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exchange.envelope import cbor
from exchange.envelope.primitives import signature_verifies
from exchange.envelope.protocols import SigningKey
from exchange.errors import Forged, Malformed, SenderError, Unsupported
from exchange.language import Text

ALG, CRIT, CONTENT_TYPE, X5T = 1, 2, 3, 34
"""Header labels (RFC 9052, section 3.1; RFC 9360)."""
EDDSA = -8
SHA_256 = -16
_TAG = 18
_CONTEXT = "Signature1"
_PROTECTED_LIMIT = 131_072
_WHOLE, _HEADER = Text("signed document"), Text("signature header")
_WRONG_PART = "signed document: a part of the COSE_Sign1 has the wrong type"


@dataclass(frozen=True)
class Sign1:
    """A signed message as read; nothing of it is verified yet."""

    protected: bytes
    header: Mapping[Any, Any]
    payload: bytes
    signature: bytes
    fault: SenderError | None = None
    """What is wrong with its form, though it can be told who signed it."""
    added: bool = False
    """Whether something stands beside what is signed, or is written otherwise than it was: anybody can do that."""


def sign1(payload: bytes, header: Mapping[Any, Any], key: SigningKey) -> bytes:
    """Sign ``payload`` under a protected ``header``; return the tagged COSE_Sign1."""
    protected = cbor.encode(dict(header))
    signature = key.sign(_to_be_signed(protected, payload))
    return cbor.encode(CBORTag(_TAG, [protected, {}, payload, signature]))


def read_sign1(data: bytes, limit: int, critical: Sequence[Any] = ()) -> Sign1:
    """Read a COSE_Sign1 and its protected header, of which nothing may be unknown. Raises Malformed or Unsupported.

    ``critical``: the private labels that stand in it, and are marked so.
    """
    message = parse_sign1(data, limit)
    if message.fault is not None:
        raise message.fault
    check_header(message.header, critical)
    return message


def parse_sign1(data: bytes, limit: int) -> Sign1:
    """Read a COSE_Sign1 for telling whose it is, and note what else is wrong with it. Raises Malformed."""
    tagged, encoding = cbor.decode_as_it_is(data, _WHOLE, limit)
    if not isinstance(tagged, CBORTag) or tagged.tag != _TAG:
        raise encoding or Malformed("signed document: not a COSE_Sign1")
    parts = tagged.value
    if not isinstance(parts, list | tuple) or len(parts) != 4:
        raise encoding or Malformed("signed document: a COSE_Sign1 has four parts")
    protected, unprotected, payload, signature = parts
    if not isinstance(protected, bytes) or not isinstance(payload, bytes) or not isinstance(signature, bytes):
        raise encoding or Malformed(_WRONG_PART)
    header, within = cbor.decode_as_it_is(protected, _HEADER, _PROTECTED_LIMIT)
    if not isinstance(header, cbor.MAPS):
        raise encoding or within or Malformed("signature header: not a map")
    around = encoding or (Malformed(_WRONG_PART) if unprotected != {} else None)
    fault = around or within or _algorithm_fault(header)
    return Sign1(protected, header, payload, signature, fault, around is not None)


def verify_sign1(message: Sign1, key: Ed25519PublicKey) -> None:
    """Raise Forged when the signature is not that of ``key``."""
    if not signature_verifies(key, message.signature, _to_be_signed(message.protected, message.payload)):
        raise Forged("signature: does not verify with the certificate it names")


def thumbprint(header: Mapping[Any, Any]) -> bytes:
    """Return the SHA-256 thumbprint of the signer's certificate. Raises Malformed or Unsupported."""
    x5t = header.get(X5T)
    if not isinstance(x5t, list | tuple) or len(x5t) != 2 or not isinstance(x5t[1], bytes):
        raise Malformed("signature header: x5t is missing or malformed")
    if x5t[0] != SHA_256 or len(x5t[1]) != 32:
        raise Unsupported("signature header: x5t is not a SHA-256 thumbprint")
    return x5t[1]


def _algorithm_fault(header: Mapping[Any, Any]) -> Unsupported | None:
    return None if header.get(ALG) == EDDSA else Unsupported("signature header: the algorithm is not EdDSA")


def check_header(header: Mapping[Any, Any], critical: Sequence[Any], further: Collection[Any] = ()) -> None:
    """Raise Malformed or Unsupported for a signature header that is not exactly as its format says.

    ``critical``: what its `crit` lists, in this order, and nothing else; where that is empty there is no `crit`.
    ``further``: labels beside these and those of every signature.
    """
    fault = _algorithm_fault(header)
    if fault is not None:
        raise fault
    known = {*critical, *further, ALG, CRIT, CONTENT_TYPE, X5T}
    listed = header.get(CRIT, ())
    if not isinstance(listed, list | tuple):
        raise Malformed("signature header: crit is not a list of labels")
    if any(not isinstance(label, int | str) or label not in known for label in listed):
        raise Unsupported("signature header: a critical header is not known here")
    if any(label not in known for label in header):
        raise Unsupported("signature header: a label is not known here")
    if list(listed) != list(critical) or (CRIT in header and not critical):
        raise Malformed("signature header: crit does not list exactly the labels that its format names")


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor.encode([_CONTEXT, protected, b"", payload])
