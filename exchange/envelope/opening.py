"""Open: undo the seal, check every binding, verify the signature. Each step that fails says which it was.

1. bounds, shape and version;               5. the inner header is the clear one, byte for byte;
2. the clear header; we are an addressee;   6. the signer is the sender, its certificate was valid then;
3. our key, and the content key;            7. the enclosures are those that were signed;
4. the content, bound to the clear header;  8. the body follows the schema of its kind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cbor2 import CBORTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exchange.envelope import cbor
from exchange.envelope.document import MAX_ENCLOSURES, Trust, parse_header, verify_signed
from exchange.envelope.keys import KEMS, DecryptionKey, Identity
from exchange.envelope.primitives import decrypt
from exchange.envelope.sealing import (
    ALG,
    EK,
    ENVELOPE_LIMIT,
    IV,
    KID,
    PROTECTED,
    VERSION,
    content_aad,
    key_info,
)
from exchange.errors import Forged, Malformed, NotForUs, Unsupported
from exchange.language import Text
from exchange.schemas import Body, Header

_COSE_ENCRYPT = 96


@dataclass(frozen=True)
class Opened:
    """An authentic message."""

    header: Header
    header_bytes: bytes
    signed: bytes
    """The COSE_Sign1 as it came."""
    enclosures: tuple[bytes, ...]
    body: Body
    digest: str
    """SHA-256 of ``signed``, hexadecimal."""


@dataclass(frozen=True)
class _Envelope:
    """An envelope's parts as read."""

    header_bytes: bytes
    iv: bytes
    ciphertext: bytes
    recipient_protected: bytes
    encapsulated: bytes
    wrapped: bytes


def peek(data: bytes) -> Header:
    """Return the clear header of an envelope, unverified. Raises Malformed or Unsupported."""
    return parse_header(_read(data).header_bytes)


def open_envelope(data: bytes, identity: Identity, trust: Trust, now: datetime) -> Opened:
    """Open and verify an envelope for ``identity``.

    Raises Malformed, Unsupported, NotForUs, Forged or Untrusted, naming the step that failed.
    """
    envelope = _read(data)
    header = parse_header(envelope.header_bytes)
    if identity.address not in header.addressees:
        raise NotForUs("addressees: {address} is not among them", address=identity.address)
    key = _content_key(envelope, header, identity)
    signed, enclosures = _content(envelope, key)
    verified = verify_signed(signed, trust, now)
    if verified.header_bytes != envelope.header_bytes:
        raise Forged("header: the one that was signed is not the one outside")
    if verified.enclosures != tuple(hashlib.sha256(enclosure).digest() for enclosure in enclosures):
        raise Forged("enclosures: not those that were signed")
    digest = hashlib.sha256(signed).hexdigest()
    return Opened(verified.header, envelope.header_bytes, signed, enclosures, verified.body, digest)


def _read(data: bytes) -> _Envelope:
    parts = cbor.decode(data, Text("envelope"), ENVELOPE_LIMIT)
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
    return _Envelope(header_bytes, iv, ciphertext, protected, encapsulated, wrapped)


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
    if not isinstance(header, Mapping) or set(header) != {label} or not isinstance(header[label], bytes):
        raise Malformed("{what}: its unprotected header is malformed", what=what)
    value: bytes = header[label]
    return value


def _content_key(envelope: _Envelope, header: Header, identity: Identity) -> bytes:
    protected = cbor.decode(envelope.recipient_protected, Text("recipient header"), 1024)
    if not isinstance(protected, Mapping) or set(protected) != {ALG, KID} or not isinstance(protected[KID], bytes):
        raise Malformed("recipient header: not an algorithm and a key id")
    kem = KEMS[header.suite]
    if protected[ALG] != kem.alg:
        raise Unsupported("recipient header: its algorithm is not the suite of the header")
    key = identity.key(protected[KID])
    if key is None or key.suite is not header.suite:
        raise NotForUs("recipient: sealed to a key that is not ours")
    if len(envelope.encapsulated) != kem.enc_length:
        raise Malformed("recipient: the encapsulated key has the wrong length")
    return _unwrap(envelope, key, identity.address)


def _unwrap(envelope: _Envelope, key: DecryptionKey, address: str) -> bytes:
    digest = hashlib.sha256(envelope.header_bytes).digest()
    info = key_info(address, digest, envelope.recipient_protected)
    try:
        content_key = KEMS[key.suite].hpke.decrypt(envelope.encapsulated + envelope.wrapped, key.private, info)
    except Exception:  # InvalidTag, or whatever a malformed key share makes the library raise
        raise Forged("recipient: the content key was not wrapped for us under this header") from None
    if len(content_key) != 32:
        raise Forged("recipient: what was wrapped is not a content key")
    return bytes(content_key)


def _content(envelope: _Envelope, key: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    plaintext = decrypt(AESGCM(key), envelope.iv, envelope.ciphertext, content_aad(envelope.header_bytes))
    if plaintext is None:
        raise Forged("content: altered, or not sealed under this header")
    parts = cbor.decode(plaintext, Text("content"), ENVELOPE_LIMIT)
    if not isinstance(parts, list | tuple) or len(parts) != 2:
        raise Malformed("content: not a signed document and its enclosures")
    signed, enclosures = parts
    if not isinstance(signed, bytes) or not isinstance(enclosures, list | tuple) or len(enclosures) > MAX_ENCLOSURES:
        raise Malformed("content: not a signed document and its enclosures")
    if any(not isinstance(enclosure, bytes) for enclosure in enclosures):
        raise Malformed("content: an enclosure is not a byte string")
    return signed, tuple(enclosures)
