"""What signs and what opens, wherever the key lives: a file or a token.

Ed25519 private keys of `cryptography` are signing keys as they are; `exchange.directory.tokens` has those that a
PKCS#11 token keeps. `Signer` is somebody else's side: whose signature a certificate vouches for.
"""

from __future__ import annotations

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class SigningKey(Protocol):
    """Signs by Ed25519 (RFC 8032), deterministically; the secret need not be at hand."""

    def public_key(self) -> Ed25519PublicKey:
        """Return the public half."""

    def sign(self, data: bytes, /) -> bytes:
        """Return the signature over ``data``, 64 bytes. Raises BadKeys where a token is away."""


class OpeningKey(Protocol):
    """Opens what was sealed to it by HPKE (RFC 9180)."""

    @property
    def kid(self) -> str:
        """The key's name in the directory."""

    def open(self, sealed: bytes, bound: bytes, /) -> bytes:
        """Return what was sealed with the context ``bound``. Raises InvalidTag or ValueError."""
