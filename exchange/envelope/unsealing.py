"""An envelope's parts, and what is sealed in it: with our key, under our address and its clear header."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cbor2 import CBORTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exchange.envelope import cbor
from exchange.envelope.keys import KEMS, Identity
from exchange.envelope.primitives import decrypt
from exchange.envelope.protocols import OpeningKey
from exchange.envelope.sealing import ALG, EK, ENVELOPE_LIMIT, IV, KID, PROTECTED, VERSION, content_aad, key_info
from exchange.errors import Forged, Malformed, NotForUs, SenderError, Unsupported
from exchange.language import Text
from exchange.schemas import Suite

_COSE_ENCRYPT = 96
_ALGORITHMS = {kem.alg: suite for suite, kem in KEMS.items()}
_WHOLE, _CONTENT, _RECIPIENT_HEADER = Text("envelope"), Text("content"), Text("recipient header")
_ANOTHER = "recipient header: its algorithm is not the suite of the header"
_SHAPE = "content: not a signed document and its enclosures"


@dataclass(frozen=True)
class Envelope:
    """An envelope's parts as read."""

    header_bytes: bytes
    iv: bytes
    ciphertext: bytes
    recipient_protected: bytes
    encapsulated: bytes
    wrapped: bytes


@dataclass(frozen=True)
class Content:
    """What was sealed: looked at once its signer is known."""

    signed: bytes
    enclosures: Sequence[Any]
    fault: SenderError | None = None
    """What is wrong with how it was sealed, though the signed document can be read."""


def read_envelope(data: bytes) -> Envelope:
    """Read an envelope's parts. Raises Malformed or Unsupported."""
    parts = cbor.decode(data, _WHOLE, ENVELOPE_LIMIT)
    if not isinstance(parts, list | tuple) or len(parts) != 3:
        raise Malformed("envelope: not an array of version, header and COSE_Encrypt")
    version, header_bytes, encrypt = parts
    if version != VERSION or isinstance(version, bool):
        raise Unsupported("envelope: its version is not known here")
    if not isinstance(header_bytes, bytes) or not isinstance(encrypt, CBORTag) or encrypt.tag != _COSE_ENCRYPT:
        raise Malformed("envelope: header or COSE_Encrypt has the wrong type")
    iv, ciphertext, recipient = _read_encrypt(encrypt.value)
    protected, unprotected, wrapped = recipient
    if not isinstance(protected, bytes) or not isinstance(wrapped, bytes):
        raise Malformed("recipient: a part has the wrong type")
    encapsulated = _only(unprotected, EK, "recipient")
    return Envelope(header_bytes, iv, ciphertext, protected, encapsulated, wrapped)


def _read_encrypt(parts: Any) -> tuple[bytes, bytes, Any]:
    if not isinstance(parts, list | tuple) or len(parts) != 4:
        raise Malformed("envelope: a COSE_Encrypt has four parts")
    protected, unprotected, ciphertext, recipients = parts
    if protected != PROTECTED:
        raise Unsupported("envelope: the content is not sealed with A256GCM alone")
    iv = _only(unprotected, IV, "envelope")
    if len(iv) != 12 or not isinstance(ciphertext, bytes):
        raise Malformed("envelope: IV or ciphertext is malformed")
    if not isinstance(recipients, list | tuple) or len(recipients) != 1:
        raise Malformed("envelope: carries exactly one recipient")
    recipient = recipients[0]
    if not isinstance(recipient, list | tuple) or len(recipient) != 3:
        raise Malformed("recipient: has three parts")
    return iv, ciphertext, recipient


def _only(header: Any, label: int, what: str) -> bytes:
    """The single unprotected header that belongs there."""
    if not isinstance(header, cbor.MAPS) or set(header) != {label} or not isinstance(header[label], bytes):
        raise Malformed("{what}: its unprotected header is malformed", what=what)
    value: bytes = header[label]
    return value


def unsealed(envelope: Envelope, suite: Suite | None, identity: Identity) -> Content:
    """Open what is sealed for ``identity``; ``suite`` is the header's, None where that cannot be read.

    Raises Malformed, Unsupported, NotForUs or Forged.
    """
    key, fault = _content_key(envelope, suite, identity)
    try:
        content = _content(envelope, key)
    except SenderError:
        if fault is not None:
            raise fault from None
        raise
    return content if fault is None else Content(content.signed, content.enclosures, fault)


def _content_key(envelope: Envelope, suite: Suite | None, identity: Identity) -> tuple[bytes, SenderError | None]:
    used, kid = _recipient_header(envelope.recipient_protected)
    if used is None:
        raise Unsupported(_ANOTHER)
    fault = Unsupported(_ANOTHER) if suite is not None and used is not suite else None
    key = identity.key(kid)
    if key is None or key.suite is not used:
        raise fault or NotForUs("recipient: sealed to a key that is not ours")
    if len(envelope.encapsulated) != KEMS[used].enc_length:
        raise fault or Malformed("recipient: the encapsulated key has the wrong length")
    return _unwrap(envelope, key, identity.address), fault


@lru_cache(maxsize=256)
def _recipient_header(protected: bytes) -> tuple[Suite | None, bytes]:
    """The suite, if it is known here, and the key id: the same in all that is sealed to a key. Raises Malformed."""
    header = cbor.decode(protected, _RECIPIENT_HEADER, 1024)
    if not isinstance(header, cbor.MAPS) or set(header) != {ALG, KID} or not isinstance(header[KID], bytes):
        raise Malformed("recipient header: not an algorithm and a key id")
    return _ALGORITHMS.get(header[ALG]) if isinstance(header[ALG], int) else None, header[KID]


def _unwrap(envelope: Envelope, key: OpeningKey, address: str) -> bytes:
    digest = hashlib.sha256(envelope.header_bytes).digest()
    info = key_info(address, digest, envelope.recipient_protected)
    try:
        content_key = key.open(envelope.encapsulated + envelope.wrapped, info)
    except Exception:  # InvalidTag, or whatever a malformed key share makes the library raise
        raise Forged("recipient: the content key was not wrapped for us under this header") from None
    if len(content_key) != 32:
        raise Forged("recipient: what was wrapped is not a content key")
    return content_key


def _content(envelope: Envelope, key: bytes) -> Content:
    plaintext = decrypt(AESGCM(key), envelope.iv, envelope.ciphertext, content_aad(envelope.header_bytes))
    if plaintext is None:
        raise Forged("content: altered, or not sealed under this header")
    parts, encoding = cbor.decode_as_it_is(plaintext, _CONTENT, ENVELOPE_LIMIT)
    if not isinstance(parts, list | tuple) or not parts or not isinstance(parts[0], bytes):
        raise encoding or Malformed(_SHAPE)
    if len(parts) == 2 and isinstance(parts[1], list | tuple):
        return Content(parts[0], parts[1], encoding)
    return Content(parts[0], (), encoding or Malformed(_SHAPE))
