"""What stands in the file of a signing key: 32 bytes of secret, or the URI of a key in a token."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.directory.tokens.key import TokenKey
from exchange.directory.tokens.uri import SCHEME, TokenUri
from exchange.envelope.protocols import SigningKey


def stored(key: SigningKey) -> bytes:
    """Return what is kept of a key; of one in a token, where it is. Raises TypeError for a key of another kind."""
    if isinstance(key, TokenKey):
        return str(key.uri).encode()
    if isinstance(key, Ed25519PrivateKey):
        return key.private_bytes_raw()
    raise TypeError("a key of this kind cannot be kept")


def place(kept: bytes) -> TokenUri | None:
    """Return where in a token the key is that a file's content stands for; None for a secret. Raises BadKeys."""
    if not kept.startswith(SCHEME.encode()) or len(kept) == 32:
        return None
    return TokenUri.parse(kept.decode(errors="replace").strip())


def restored(kept: bytes) -> SigningKey:
    """Return the key of a file's content. Raises ValueError where it is none, BadKeys where its token is away."""
    uri = place(kept)
    return Ed25519PrivateKey.from_private_bytes(kept) if uri is None else TokenKey.open(uri)
