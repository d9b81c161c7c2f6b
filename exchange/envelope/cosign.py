"""Joint signatures: COSE_Sign (RFC 9052, section 4.1), several authorities' signatures over the same payload.

Each COSE_Signature has a protected header of its own with who signs (kid, and the thumbprint of the certificate) and
when (CWT claims in a header, RFC 9597: the claim iat, whole seconds). A signature is made over the payload alone,
before the others are there; so nobody waits for anybody, and the order in which they come changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cbor2 import CBORTag

from exchange.envelope import cbor
from exchange.envelope.countersignature import Countersignature
from exchange.envelope.document import SIGNED_LIMIT, Trust, check_time, content_type, parse_body
from exchange.envelope.keys import Identity
from exchange.envelope.primitives import signature_verifies
from exchange.envelope.sign1 import ALG, CONTENT_TYPE, CRIT, EDDSA, SHA_256, X5T, check_header, thumbprint
from exchange.errors import Forged, Malformed, Unsupported
from exchange.language import Text
from exchange.schemas import MAX_SIGNERS, JointDraft
from exchange.schemas.instants import instant_of_seconds

KID, CWT_CLAIMS, IAT = 4, 15, 6
"""Header labels (RFC 9052, section 3.1; RFC 9597), and the claim with the time of signing (RFC 8392, section 3.1.6)."""
BODY_PROTECTED = cbor.encode({CONTENT_TYPE: content_type(JointDraft.KIND, JointDraft.VERSION)})
"""The protected header of the whole: the same for all, and covered by every signature."""
COSIGNED_LIMIT = SIGNED_LIMIT + 65_536
"""Bytes of a text as it may be sent round, and room for every signature."""
_TAG = 98
_CONTEXT = "Signature"
_SIGNATURE_LIMIT = 1_024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cosigned:
    """A text with its signatures, each of which holds; whether they are all that are wanted is another question."""

    payload: bytes
    text: JointDraft
    signatures: tuple[Countersignature, ...]


@dataclass(frozen=True)
class _Signature:
    """A COSE_Signature as read; nothing of it is verified yet."""

    protected: bytes
    header: Mapping[Any, Any]
    signature: bytes


def countersign(payload: bytes, identity: Identity, at: datetime) -> bytes:
    """Sign a payload as one authority: a COSE_Signature, at a moment, of which whole seconds count."""
    protected = cbor.encode(
        {
            ALG: EDDSA,
            CRIT: [CWT_CLAIMS],
            KID: identity.address.encode(),
            CWT_CLAIMS: {IAT: (at - _EPOCH) // timedelta(seconds=1)},
            X5T: [SHA_256, identity.x5t],
        }
    )
    return cbor.encode([protected, {}, identity.signing_key.sign(_to_be_signed(protected, payload))])


def verify_countersignature(data: bytes, payload: bytes, trust: Trust, now: datetime | None = None) -> Countersignature:
    """Verify whose signature over a payload this is, and of when; ``now`` refuses one from the future.

    Raises Malformed, Unsupported, Untrusted (as of the time of signing) or Forged.
    """
    return _verify(_read(cbor.decode(data, Text("joint signature"), _SIGNATURE_LIMIT)), payload, trust, now)


def join(payload: bytes, signatures: Sequence[bytes]) -> bytes:
    """Join a text and its COSE_Signatures into one COSE_Sign."""
    parts = [cbor.decode(one, Text("joint signature"), _SIGNATURE_LIMIT) for one in signatures]
    return cbor.encode(CBORTag(_TAG, [BODY_PROTECTED, {}, payload, parts]))


def read_cosigned(data: bytes, trust: Trust, now: datetime | None = None) -> Cosigned:
    """Read a COSE_Sign and verify every signature in it. Raises Malformed, Unsupported, Untrusted or Forged.

    Who must have signed, and the date, are judged by `exchange.joint.rules`.
    """
    tagged = cbor.decode(data, Text("joint document"), COSIGNED_LIMIT)
    if not isinstance(tagged, CBORTag) or tagged.tag != _TAG:
        raise Malformed("joint document: not a COSE_Sign")
    parts = tagged.value
    if not isinstance(parts, list | tuple) or len(parts) != 4:
        raise Malformed("joint document: a COSE_Sign has four parts")
    protected, unprotected, payload, signatures = parts
    if not isinstance(protected, bytes) or not isinstance(payload, bytes) or unprotected != {}:
        raise Malformed("joint document: a part of the COSE_Sign has the wrong type")
    if protected != BODY_PROTECTED:
        raise Unsupported("joint document: its content type is not known here, or it says more")
    if not isinstance(signatures, list | tuple) or not 1 <= len(signatures) <= MAX_SIGNERS:
        raise Malformed("joint document: has 1 to {max_signers} signatures", max_signers=MAX_SIGNERS)
    verified = tuple(_verify(_read(one), payload, trust, now) for one in signatures)
    return Cosigned(payload, parse_body(JointDraft, payload), verified)


def _read(parts: Any) -> _Signature:
    if not isinstance(parts, list | tuple) or len(parts) != 3:
        raise Malformed("joint signature: a COSE_Signature has three parts")
    protected, unprotected, signature = parts
    if not isinstance(protected, bytes) or not isinstance(signature, bytes) or unprotected != {}:
        raise Malformed("joint signature: a part of the COSE_Signature has the wrong type")
    header = cbor.decode(protected, Text("signature header"), _SIGNATURE_LIMIT)
    if not isinstance(header, Mapping):
        raise Malformed("signature header: not a map")
    check_header(header, [CWT_CLAIMS], [KID])
    if set(header) != {ALG, CRIT, KID, CWT_CLAIMS, X5T}:
        raise Malformed("signature header: not exactly the labels of a joint signature")
    return _Signature(protected, header, signature)


def _verify(one: _Signature, payload: bytes, trust: Trust, now: datetime | None) -> Countersignature:
    at = _signed_at(one.header[CWT_CLAIMS])
    signer = trust.signer(thumbprint(one.header))
    if not signature_verifies(signer.public_key, one.signature, _to_be_signed(one.protected, payload)):
        raise Forged("joint signature: that of {address} does not verify for this text", address=signer.address)
    if one.header[KID] != signer.address.encode():
        raise Forged("joint signature: made by {address}, and names another", address=signer.address)
    check_time(signer, at, now)
    return Countersignature(signer.address, at, hashlib.sha256(payload).hexdigest())


def _signed_at(claims: Any) -> datetime:
    """The time of signing; nothing else may be claimed."""
    seconds = claims.get(IAT) if isinstance(claims, Mapping) and set(claims) == {IAT} else None
    at = instant_of_seconds(seconds)
    if at is None:
        raise Malformed("signature header: the time of signing is missing or malformed")
    return at


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor.encode([_CONTEXT, BODY_PROTECTED, protected, b"", payload])
