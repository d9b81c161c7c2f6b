"""Seal: sign once, encrypt once, wrap the content key for each addressee; an envelope a copy.

An envelope is ``[1, header, COSE_Encrypt]`` (RFC 9052, section 5.1) with one recipient. All copies share every byte
but the recipient structure, which stands last: a copy is put together by joining two byte strings.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exchange.envelope import cbor
from exchange.envelope.document import HEADER_LIMIT, MAX_ENCLOSURES, SIGNED_LIMIT, sign_document
from exchange.envelope.keys import KEMS, Identity, Recipient, public_key
from exchange.errors import BadKeys, CallerError
from exchange.language import Text
from exchange.schemas import Body, Header

A256GCM = 3
IV, ALG, KID, EK = 5, 1, 4, -4
"""Header labels (RFC 9052, section 3.1; draft-ietf-cose-hpke for the encapsulated key)."""
VERSION = 1
ENVELOPE_LIMIT = 8_388_608
"""Bytes an envelope may have."""
_ROOM = HEADER_LIMIT + 4_096
"""What an envelope holds beside document and enclosures: the clear header, the recipient and the heads."""
_SMALLER = Text(
    "at most {enclosures} enclosures, {text} MiB of text and {all} MiB in all; send the rest in further messages",
    {"enclosures": MAX_ENCLOSURES, "text": SIGNED_LIMIT >> 20, "all": ENVELOPE_LIMIT >> 20},
)

PROTECTED = cbor.encode({ALG: A256GCM})
_BEFORE_HEADER = b"\x83" + cbor.encode(VERSION)
_TAG_96 = b"\xd8\x60"
_AFTER_HEADER = _TAG_96 + b"\x84" + cbor.encode(PROTECTED)


@dataclass(frozen=True)
class Sealed:
    """A document sealed for its addressees: what is common to all copies, and each one's recipient structure."""

    signed: bytes
    common: bytes
    recipients: Mapping[str, bytes]


def seal(
    header: Header, body: Body, identity: Identity, recipients: Sequence[Recipient], enclosures: Sequence[bytes] = ()
) -> Sealed:
    """Sign and seal a message for exactly its addressees.

    Raises ValueError when the recipients are others, CallerError when the message is larger than any reader takes.
    """
    if tuple(recipient.address for recipient in recipients) != header.addressees:
        raise ValueError("sealed for exactly the addressees of the header, in their order")
    header_bytes = header.as_json()
    signed = sign_document(header_bytes, body, identity, enclosures)
    _check_size(signed, enclosures)
    return seal_signed(header_bytes, signed, recipients, enclosures)


def seal_signed(
    header_bytes: bytes, signed: bytes, recipients: Sequence[Recipient], enclosures: Sequence[bytes]
) -> Sealed:
    """Seal bytes that were signed before, and enclosures, under a clear header: whether they fit the reader judges."""
    key, iv = os.urandom(32), os.urandom(12)
    plaintext = cbor.encode([signed, list(enclosures)])
    ciphertext = AESGCM(key).encrypt(iv, plaintext, content_aad(header_bytes))
    digest = hashlib.sha256(header_bytes).digest()
    wrapped = {recipient.address: _wrap(key, recipient, digest) for recipient in recipients}
    return Sealed(signed, _common(header_bytes, iv, ciphertext), wrapped)


def envelope_for(common: bytes, recipient: bytes) -> bytes:
    """Return one addressee's copy."""
    return common + recipient


def sealed_to(recipient: bytes) -> str:
    """Return the name of the key that a copy is sealed to, from its recipient structure. Raises Malformed."""
    protected, _, _ = cbor.decode(recipient, Text("recipient"), ENVELOPE_LIMIT)
    return bytes(cbor.decode(protected, Text("recipient header"), 1024)[KID]).hex()


def content_aad(header_bytes: bytes) -> bytes:
    """Return what the seal covers beside the content: Enc_structure (RFC 9052, section 5.3) over the clear header."""
    return cbor.encode(["Encrypt", PROTECTED, header_bytes])


def key_info(address: str, header_digest: bytes, protected: bytes) -> bytes:
    """Return what a wrapped key is bound to: Recipient_structure of draft-ietf-cose-hpke, with addressee and header."""
    return cbor.encode(["HPKE Recipient", A256GCM, protected, cbor.encode([address, header_digest])])


def _check_size(signed: bytes, enclosures: Sequence[bytes]) -> None:
    """A message beyond what readers take would be refused by each of them, and be sent again for ever."""
    if len(signed) > SIGNED_LIMIT or len(enclosures) > MAX_ENCLOSURES:
        raise CallerError(
            "the document is {size:,} bytes with {number} enclosures",
            remedy=_SMALLER,
            size=len(signed),
            number=len(enclosures),
        )
    total = len(signed) + sum(len(enclosure) for enclosure in enclosures)
    if total > ENVELOPE_LIMIT - _ROOM:
        raise CallerError("the document and its enclosures are {total:,} bytes", remedy=_SMALLER, total=total)


def _wrap(key: bytes, recipient: Recipient, header_digest: bytes) -> bytes:
    kem = KEMS[recipient.suite]
    protected = _recipient_header(kem.alg, recipient.kid)
    info = key_info(recipient.address, header_digest, protected)
    try:
        sealed = kem.hpke.encrypt(key, public_key(recipient.suite, recipient.public), info)
    except ValueError as error:  # not a key, or one with which everybody shares the same secret (RFC 7748, section 6.1)
        raise BadKeys("the directory's encryption key of {address} is not one", address=recipient.address) from error
    return cbor.encode([protected, {EK: sealed[: kem.enc_length]}, sealed[kem.enc_length :]])


@lru_cache(maxsize=4096)
def _recipient_header(alg: int, kid: str) -> bytes:
    return cbor.encode({ALG: alg, KID: bytes.fromhex(kid)})


def _common(header_bytes: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    return b"".join(
        (
            _BEFORE_HEADER,
            cbor.encode(header_bytes),
            _AFTER_HEADER,
            cbor.encode({IV: iv}),
            cbor.byte_string(len(ciphertext)),
            ciphertext,
            b"\x81",
        )
    )
