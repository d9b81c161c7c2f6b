"""A key with which everybody can sign certifies nobody: what it signed, its owner could deny."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.x509.oid import NameOID

from exchange.directory.certificates import (
    authority_certificate,
    check_member_certificate,
    der,
    load_certificate,
    member_certificate,
)
from exchange.envelope import belongs_to_somebody
from exchange.envelope.primitives import signature_verifies
from exchange.errors import BadDirectory

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
P = 2**255 - 19
HALF = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
ORDINATES = [0, 1, P - 1, HALF, P - HALF, P, P + 1]
"""Of the points whose order divides eight; the last two write 0 and 1 in a way that RFC 8032 does not allow."""
KEYS = [
    Ed25519PublicKey.from_public_bytes((y | sign << 255).to_bytes(32, "little")) for y in ORDINATES for sign in (0, 1)
]
ANYBODYS = (1).to_bytes(32, "little") + bytes(32)
"""The neutral point and zero: made without any private key."""


@pytest.mark.parametrize(
    "key", KEYS, ids=lambda key: key.public_bytes_raw().hex()[:6] + key.public_bytes_raw().hex()[-2:]
)
def test_neither_member_nor_authority_has_a_key_that_anybody_can_sign_with(key: Ed25519PublicKey) -> None:
    authority = Ed25519PrivateKey.generate()
    certificate = authority_certificate("city", authority, NOW, YEAR)
    made = member_certificate("city.bob", key, certificate, authority, NOW, YEAR)
    with pytest.raises(BadDirectory, match="anybody can sign"):
        check_member_certificate(der(made), "city.bob", certificate)

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of city")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key).serial_number(7)
    forged = builder.not_valid_before(NOW).not_valid_after(NOW + YEAR).sign(authority, None)
    with pytest.raises(BadDirectory, match="anybody can sign"):
        load_certificate(der(forged))


def test_such_a_key_does_let_anybody_sign() -> None:
    """Why they are refused: the library takes a signature that nobody made, for one text in eight or for all."""
    texts = [b"text %d" % number for number in range(200)]
    fooled = [key for key in KEYS[:10] if any(signature_verifies(key, ANYBODYS, text) for text in texts)]
    assert len(fooled) >= 8


def test_keys_that_were_drawn_are_taken() -> None:
    assert all(belongs_to_somebody(Ed25519PrivateKey.generate().public_key()) for _ in range(200))
