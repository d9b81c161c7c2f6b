"""The two sides of a member's keys: Identity signs and opens, Recipient is what others seal to.

Signing is Ed25519 (RFC 8032). Content keys are wrapped by HPKE (RFC 9180): by default with the hybrid of ML-KEM-768
and X25519, since documents recorded today must stay closed when X25519 alone no longer holds.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from exchange.envelope.protocols import SigningKey
from exchange.schemas import EncryptionKey, Suite

_SEED, _X25519, _MLKEM_PUBLIC = 64, 32, 1184


@dataclass(frozen=True)
class _Kem:
    """A suite's HPKE algorithms, the COSE algorithm number that names it, and the length of its encapsulated key."""

    hpke: Any
    alg: int
    enc_length: int


KEMS: Mapping[Suite, _Kem] = {
    Suite.HYBRID: _Kem(hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM), -70001, 1120),
    Suite.CLASSICAL: _Kem(hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM), -70002, 32),
}
"""Numbers below -65536 are for private use (RFC 9053, section 2); no registered number names these combinations."""


@dataclass(frozen=True)
class DecryptionKey:
    """The private half of an encryption key. ``secret`` never appears in a representation."""

    suite: Suite
    secret: bytes = field(repr=False)
    not_before: datetime
    not_after: datetime
    private: Any = field(repr=False, compare=False)
    public: bytes = field(repr=False)

    @classmethod
    def generate(cls, suite: Suite, now: datetime, valid_for: timedelta) -> DecryptionKey:
        """Make a new key, valid from a day before ``now``, since clocks differ."""
        length = _SEED + _X25519 if suite is Suite.HYBRID else _X25519
        return cls.restore(suite, os.urandom(length), now - timedelta(days=1), now + valid_for)

    @classmethod
    def restore(cls, suite: Suite, secret: bytes, not_before: datetime, not_after: datetime) -> DecryptionKey:
        """Restore a key: ML-KEM seed with X25519 key, or that alone. Raises ValueError for a wrong length."""
        if suite is Suite.CLASSICAL:
            x25519 = X25519PrivateKey.from_private_bytes(secret)
            public = x25519.public_key().public_bytes_raw()
            return cls(suite, secret, not_before, not_after, x25519, public)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(secret[:_SEED])
        x25519 = X25519PrivateKey.from_private_bytes(secret[_SEED:])
        public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        return cls(suite, secret, not_before, not_after, hpke.MLKEM768X25519PrivateKey(mlkem, x25519), public)

    @cached_property
    def kid(self) -> str:
        """The key's name: the first eight bytes of the SHA-256 of its public half."""
        return key_id(self.public)

    def open(self, sealed: bytes, bound: bytes, /) -> bytes:
        """Return what was sealed to this key with the context ``bound``. Raises InvalidTag or ValueError."""
        return bytes(KEMS[self.suite].hpke.decrypt(sealed, self.private, bound))

    def entry(self) -> EncryptionKey:
        """Return how the directory lists it."""
        return EncryptionKey(
            kid=self.kid, suite=self.suite, public=self.public, not_before=self.not_before, not_after=self.not_after
        )


@dataclass(frozen=True)
class Identity:
    """The private side of a member: signs and opens. Retired keys stay while anything may be sealed to them."""

    address: str
    signing_key: SigningKey = field(repr=False)
    certificate: bytes = field(repr=False)
    """X.509, DER."""
    decryption_keys: tuple[DecryptionKey, ...] = field(repr=False)
    """Newest last."""

    @cached_property
    def x5t(self) -> bytes:
        """Return the SHA-256 thumbprint of the certificate (RFC 9360)."""
        return hashlib.sha256(self.certificate).digest()

    def key(self, kid: bytes) -> DecryptionKey | None:
        """Return the decryption key of that name."""
        name = kid.hex()
        return next((key for key in self.decryption_keys if key.kid == name), None)


@dataclass(frozen=True)
class Recipient:
    """The public side of a member: what an envelope for it is sealed to."""

    address: str
    kid: str
    suite: Suite
    public: bytes = field(repr=False)


@dataclass(frozen=True)
class Signer:
    """Whose signature a certificate vouches for, and when."""

    address: str
    public_key: Ed25519PublicKey = field(repr=False)
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None = None


def key_id(public: bytes) -> str:
    """Return the name of a public key, 16 hexadecimal digits."""
    return hashlib.sha256(public).hexdigest()[:16]


@lru_cache(maxsize=4096)
def public_key(suite: Suite, public: bytes) -> Any:
    """Return the key object of a public half. Raises ValueError when it is not one."""
    if suite is Suite.CLASSICAL:
        return X25519PublicKey.from_public_bytes(public)
    mlkem = MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC])
    return hpke.MLKEM768X25519PublicKey(mlkem, X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC:]))
