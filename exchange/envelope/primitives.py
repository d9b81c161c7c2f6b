"""The primitives that everything read from others goes through: whose signature it is, and what a key opens.

They stand in one place, so that the published attack vectors are tried on the functions that the exchange runs.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_P = 2**255 - 19
_Y_OF_SMALL_ORDER = frozenset(
    {
        0,  # order 4
        1,  # order 1
        _P - 1,  # order 2
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,  # order 8
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,  # order 8
    }
)
"""The ordinates of the eight points of edwards25519 whose order divides the cofactor, 8."""


def signature_verifies(key: Ed25519PublicKey, signature: bytes, covered: bytes) -> bool:
    """Return whether an Ed25519 signature (RFC 8032, section 5.1.7) over ``covered`` is that of ``key``."""
    try:
        key.verify(signature, covered)
    except InvalidSignature:
        return False
    return True


def belongs_to_somebody(key: Ed25519PublicKey) -> bool:
    """Return whether a public key can have a private half that only one knows.

    With a point of small order a signature can be made by anybody, and one signature can hold for any text: its owner
    could deny whatever was signed. Encodings that RFC 8032 (section 5.1.3) does not allow are refused with them.
    """
    y = int.from_bytes(key.public_bytes_raw(), "little") & (1 << 255) - 1
    return y < _P and y not in _Y_OF_SMALL_ORDER


def decrypt(key: AESGCM, nonce: bytes, ciphertext: bytes | memoryview, covered: bytes | None) -> bytes | None:
    """Return what AES-GCM opens (NIST SP 800-38D); None where ciphertext, nonce or ``covered`` are not those sealed."""
    try:
        return key.decrypt(nonce, ciphertext, covered)
    except InvalidTag:
        return None
