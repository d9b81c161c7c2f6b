"""Keys are made by whose they are; the authority is shown the public halves, and proof that the others are there.

A request is signed with the new signing key itself. Encryption keys cannot sign, so the authority seals a secret to
each (`challenge`), which whoever holds the key opens (`OwnKeys.prove`). The secrets are derived from the authority's
own signature over request and key: nobody has to remember them, and no answer fits another request.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import Field

from exchange.envelope import DecryptionKey, Identity, belongs_to_somebody
from exchange.envelope.document import content_type
from exchange.envelope.keys import KEMS, key_id, public_key
from exchange.envelope.protocols import OpeningKey, SigningKey
from exchange.envelope.sign1 import ALG, CONTENT_TYPE, EDDSA, read_sign1, sign1, verify_sign1
from exchange.envelope.strict import read_model
from exchange.errors import BadKeys, SenderError
from exchange.schemas import Body, EncryptionKey, Suite
from exchange.schemas.base import Address
from exchange.schemas.instants import CLOCK_SKEW, Instant

_LIMIT = 65_536
_LASTS = timedelta(days=30)
_POSSESSION = b"yizhan: possession of an encryption key\0"
_SUITES = (Suite.CLASSICAL, Suite.HYBRID)


class KeyRequest(Body):
    """A member asks for a certificate of the keys that it has made."""

    KIND: ClassVar[str] = "key-request"

    address: Address
    signing_key: Annotated[bytes, Field(min_length=32, max_length=32)]
    """Ed25519, the public half; the request is signed with the other."""
    encryption_keys: Annotated[tuple[EncryptionKey, ...], Field(min_length=1, max_length=4)]
    made_at: Instant

    def public_key(self) -> Ed25519PublicKey:
        """Return the public half of the signing key."""
        return Ed25519PublicKey.from_public_bytes(self.signing_key)


@dataclass(frozen=True)
class OwnKeys:
    """Keys that a member has made for itself and that nobody has certified yet."""

    address: str
    signing_key: SigningKey = field(repr=False)
    decryption_keys: tuple[DecryptionKey, ...] = field(repr=False)

    @classmethod
    def generate(cls, address: str, now: datetime, valid_for: timedelta, signing: SigningKey | None = None) -> OwnKeys:
        """Make new keys, for signing and of both suites for opening; ``signing``: one that a token has made."""
        keys = tuple(DecryptionKey.generate(suite, now, valid_for) for suite in _SUITES)
        return cls(address, signing or Ed25519PrivateKey.generate(), keys)

    def request(self, now: datetime) -> bytes:
        """Return the signed request for a certificate."""
        asked = KeyRequest(
            address=self.address,
            signing_key=self.signing_key.public_key().public_bytes_raw(),
            encryption_keys=tuple(key.entry() for key in self.decryption_keys),
            made_at=now,
        )
        header = {ALG: EDDSA, CONTENT_TYPE: content_type(asked.KIND, asked.VERSION)}
        return sign1(asked.as_json(), header, self.signing_key)

    def prove(self, sealed: Mapping[str, bytes], request: bytes) -> dict[str, bytes]:
        """Return what the authority has sealed to each key for this request. Raises BadKeys."""
        held = {key.kid: key for key in self.decryption_keys}
        return {kid: _opened(held.get(kid), octets, request) for kid, octets in sealed.items()}

    def identity(self, certificate: bytes) -> Identity:
        """Return the member's private side, once its signing key is certified."""
        return Identity(self.address, self.signing_key, certificate, self.decryption_keys)


def read_key_request(data: bytes, now: datetime) -> KeyRequest:
    """Read a request that is signed with the very key it names. Raises BadKeys, also for one older than thirty days."""
    try:
        message = read_sign1(data, _LIMIT)
        asked = read_model(KeyRequest, message.payload, KeyRequest.KIND)
        key = asked.public_key()
        verify_sign1(message, key)
        is_one = message.header == {ALG: EDDSA, CONTENT_TYPE: content_type(asked.KIND, asked.VERSION)}
        for one in asked.encryption_keys:
            public_key(one.suite, one.public)
            is_one &= one.kid == key_id(one.public)
    except (SenderError, ValueError) as error:
        why = error.text if isinstance(error, SenderError) else "a key is not one"
        raise BadKeys("the key request does not verify: {why}", remedy=_ANEW, why=why) from error
    if not is_one or not belongs_to_somebody(key) or not _suites(asked):
        raise BadKeys("this is no key request", remedy=_ANEW)
    if not now - _LASTS <= asked.made_at <= now + CLOCK_SKEW:
        raise BadKeys("the key request is of {moment}", remedy=_ANEW, moment=asked.made_at.isoformat())
    return asked


def challenge(asked: KeyRequest, request: bytes, authority: SigningKey) -> dict[str, bytes]:
    """Return a secret for each encryption key of a request, sealed to it."""
    return {
        one.kid: KEMS[one.suite].hpke.encrypt(
            _secret(one.kid, request, authority), public_key(one.suite, one.public), _bound(request)
        )
        for one in asked.encryption_keys
    }


def check_possession(asked: KeyRequest, request: bytes, opened: Mapping[str, bytes], authority: SigningKey) -> None:
    """Raise BadKeys unless each encryption key of a request is held by whoever answered."""
    for one in asked.encryption_keys:
        if not hmac.compare_digest(opened.get(one.kid, b""), _secret(one.kid, request, authority)):
            raise BadKeys(
                "{address} has not shown that it holds the encryption key {kid}",
                remedy="answer the challenge that was made for this very request: exchange key prove",
                address=asked.address,
                kid=one.kid,
            )


_ANEW = "have the member make it anew: exchange key request ADDRESS"


def _suites(asked: KeyRequest) -> bool:
    """Whether there is one key of each suite, as others seal to a member by either."""
    return sorted(one.suite.value for one in asked.encryption_keys) == sorted(suite.value for suite in _SUITES)


def _bound(request: bytes) -> bytes:
    return _POSSESSION + hashlib.sha256(request).digest()


def _secret(kid: str, request: bytes, authority: SigningKey) -> bytes:
    return hashlib.sha256(authority.sign(_bound(request) + bytes.fromhex(kid))).digest()


def _opened(key: OpeningKey | None, sealed: bytes, request: bytes) -> bytes:
    try:
        if key is not None:
            return key.open(sealed, _bound(request))
    except (InvalidTag, ValueError):
        pass
    raise BadKeys("the challenge is not for the keys that were requested here", remedy="take the newest files of both")
