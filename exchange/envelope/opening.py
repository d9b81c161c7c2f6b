"""Open: undo the seal, verify the signature, check every binding. Each step that fails says which it was.

1. bounds, shape and version;               5. the signer is the sender, its certificate was valid then;
2. the clear header; we are an addressee;   6. the inner header is the clear one, byte for byte;
3. our key, and the content key;            7. the enclosures are those that were signed;
4. the content, bound to the clear header;  8. the body follows the schema of its kind.

Once 1 to 5 hold, the signer is proved, and what is wrong from there on is the signer's fault: `Faulty`, for it to be
told. Of 6 and 7 that is so only where nobody but the signer can have sealed it; a document that others were sent, too,
any of them can seal again with what it likes around it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cbor2 import CBORTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exchange.envelope import cbor
from exchange.envelope.document import (
    ENCLOSURES,
    MAX_ENCLOSURES,
    Proved,
    Trust,
    check_time,
    parse_header,
    prove_signed,
    read_proved,
)
from exchange.envelope.keys import KEMS, Identity
from exchange.envelope.primitives import decrypt
from exchange.envelope.protocols import OpeningKey
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
from exchange.errors import Forged, Malformed, NotForUs, SenderError, Unsupported, WrongClock
from exchange.language import Text
from exchange.schemas import Body, Header

_COSE_ENCRYPT = 96
_ANOTHER_HEADER = "header: the one that was signed is not the one outside"


@dataclass(frozen=True)
class Authentic:
    """A message whose signer is proved, and that is for us."""

    header: Header
    header_bytes: bytes
    signed: bytes
    """The COSE_Sign1 as it came."""
    enclosures: tuple[bytes, ...]
    digest: str
    """SHA-256 of ``signed``, hexadecimal."""


@dataclass(frozen=True)
class Opened(Authentic):
    """An authentic message in which everything is as it must be."""

    body: Body


@dataclass(frozen=True)
class Faulty(Authentic):
    """An authentic message that its signer has got wrong, and how."""

    payload: bytes
    """The body's bytes, unread."""
    fault: SenderError


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
    found = prove_envelope(data, identity, trust, now)
    if isinstance(found, Faulty):
        raise found.fault
    return found


def prove_envelope(
    data: bytes, identity: Identity, trust: Trust, now: datetime | None, brought_by: str | None = None
) -> Opened | Faulty:
    """Open an envelope for ``identity``, and tell what its signer has got wrong from what proves nobody.

    ``now`` refuses what is from the future; ``brought_by`` is who handed it in, as the broker has proved. Raises what
    `open_envelope` does, for all that cannot be laid at a signer's door.
    """
    envelope = _read(data)
    header = parse_header(envelope.header_bytes)
    if identity.address not in header.addressees:
        raise NotForUs("addressees: {address} is not among them", address=identity.address)
    signed, enclosures = _content(envelope, _content_key(envelope, header, identity))
    proved = prove_signed(signed, trust)
    if identity.address not in proved.header.addressees:
        raise Forged(_ANOTHER_HEADER)
    wrong_clock = _time_fault(proved, now)
    try:
        verified = read_proved(proved)
        _check_bindings(envelope, proved, verified.enclosures, enclosures)
        if wrong_clock is not None:
            raise wrong_clock
    except SenderError as fault:
        bound = envelope.header_bytes == proved.header_bytes and _digests(enclosures) == _signed_digests(proved)
        if not bound and not _sealed_by_signer(proved.header, identity.address, brought_by):
            raise
        kept = tuple(one for one in enclosures if isinstance(one, bytes))[:MAX_ENCLOSURES]
        return Faulty(
            proved.header, proved.header_bytes, signed, kept, _digest(signed), proved.message.payload, fault
        )  # fmt: skip
    return Opened(proved.header, proved.header_bytes, signed, tuple(enclosures), _digest(signed), verified.body)


def _sealed_by_signer(header: Header, address: str, brought_by: str | None) -> bool:
    """Tell whether nobody but the signer can have put the envelope together: no other ever had the signed bytes."""
    return header.addressees == (address,) or brought_by == header.sender


def _time_fault(proved: Proved, now: datetime | None) -> WrongClock | None:
    """Return a time of signing that its signer has got wrong.

    Raises Untrusted where no signature counts, WrongClock where it may be our clock, or is right some day.
    """
    signer, at = proved.signer, proved.header.created_at
    try:
        check_time(signer, at, now)
    except WrongClock as error:
        if at >= signer.not_before or (now is not None and now < signer.not_before):
            raise
        return error
    return None


def _check_bindings(
    envelope: _Envelope, proved: Proved, signed_digests: Sequence[bytes], enclosures: Sequence[Any]
) -> None:
    if proved.header_bytes != envelope.header_bytes:
        raise Forged(_ANOTHER_HEADER)
    if len(enclosures) > MAX_ENCLOSURES:
        raise Malformed("content: not a signed document and its enclosures")
    if any(not isinstance(enclosure, bytes) for enclosure in enclosures):
        raise Malformed("content: an enclosure is not a byte string")
    if tuple(signed_digests) != _digests(enclosures):
        raise Forged("enclosures: not those that were signed")


def _digests(enclosures: Sequence[Any]) -> tuple[bytes, ...]:
    return tuple(hashlib.sha256(one).digest() if isinstance(one, bytes) else b"" for one in enclosures)


def _signed_digests(proved: Proved) -> tuple[Any, ...]:
    signed = proved.message.header.get(ENCLOSURES)
    return tuple(signed) if isinstance(signed, list | tuple) else ()


def _digest(signed: bytes) -> str:
    return hashlib.sha256(signed).hexdigest()


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


def _unwrap(envelope: _Envelope, key: OpeningKey, address: str) -> bytes:
    digest = hashlib.sha256(envelope.header_bytes).digest()
    info = key_info(address, digest, envelope.recipient_protected)
    try:
        content_key = key.open(envelope.encapsulated + envelope.wrapped, info)
    except Exception:  # InvalidTag, or whatever a malformed key share makes the library raise
        raise Forged("recipient: the content key was not wrapped for us under this header") from None
    if len(content_key) != 32:
        raise Forged("recipient: what was wrapped is not a content key")
    return content_key


def _content(envelope: _Envelope, key: bytes) -> tuple[bytes, Sequence[Any]]:
    """The signed document, and what is enclosed; looked at once its signer is known."""
    plaintext = decrypt(AESGCM(key), envelope.iv, envelope.ciphertext, content_aad(envelope.header_bytes))
    if plaintext is None:
        raise Forged("content: altered, or not sealed under this header")
    parts = cbor.decode(plaintext, Text("content"), ENVELOPE_LIMIT)
    if not isinstance(parts, list | tuple) or len(parts) != 2:
        raise Malformed("content: not a signed document and its enclosures")
    signed, enclosures = parts
    if not isinstance(signed, bytes) or not isinstance(enclosures, list | tuple):
        raise Malformed("content: not a signed document and its enclosures")
    return signed, enclosures
