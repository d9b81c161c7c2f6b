"""The attack vectors of Project Wycheproof, sent through the functions that the exchange itself runs."""

from __future__ import annotations

import ast
import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import exchange.envelope
from exchange.envelope import DecryptionKey, Identity, Recipient, cbor, open_envelope, seal
from exchange.envelope.primitives import decrypt, signature_verifies
from exchange.envelope.sealing import ALG as ALGORITHM
from exchange.envelope.sealing import EK, KID, key_info
from exchange.errors import BadKeys, Forged
from exchange.schemas import Suite
from tests.unit.envelope.test_vectors import directory, vector
from tests.unit.second_reader import expand, extract, hpke_open, read

CORPUS = Path(__file__).resolve().parent.parent.parent / "corpus" / "wycheproof"
CLASSICAL = -70002


def rows(name: str, at_least: int) -> list[tuple[Any, ...]]:
    found = json.loads((CORPUS / f"{name}.json").read_text())["rows"]
    assert len(found) >= at_least
    return [tuple(bytes.fromhex(cell) if isinstance(cell, str) else cell for cell in row) for row in found]


def test_signatures_verify_exactly_where_they_should() -> None:
    for number, public, message, signature, verifies in rows("ed25519", 150):
        key = Ed25519PublicKey.from_public_bytes(public)
        assert signature_verifies(key, signature, message) == verifies, number


def test_content_opens_exactly_where_it_should() -> None:
    for number, key, nonce, covered, plaintext, ciphertext, opens in rows("aes-256-gcm", 60):
        assert decrypt(AESGCM(key), nonce, ciphertext, covered) == (plaintext if opens else None), number


@pytest.fixture(scope="module")
def printed() -> dict[str, Any]:
    return vector(f"envelope-{Suite.CLASSICAL.value}")


def test_a_content_key_is_unwrapped_exactly_where_a_secret_is_shared(printed: dict[str, Any]) -> None:
    """The published envelope, its content key wrapped anew with each vector's keys by an HPKE of the test's own."""
    at, view = datetime.fromisoformat(printed["opened_at"]), directory()
    envelope = bytes.fromhex(printed["envelope"])
    _, header, encrypt = read(envelope)
    ((protected, ek, wrapped),) = encrypt.content[3]
    common = envelope.removesuffix(cbor.encode([protected, ek, wrapped]))
    assert common != envelope
    digest = hashlib.sha256(header).digest()
    secret, info = bytes.fromhex(printed["recipient_secret_key"]), key_info("city.bob", digest, protected)
    content_key = hpke_open(CLASSICAL, secret, ek[EK], wrapped, info)

    for number, public, private, shared, shares in rows("x25519", 500):
        key = DecryptionKey.restore(Suite.CLASSICAL, private, at, at)
        own = cbor.encode({ALGORITHM: CLASSICAL, KID: bytes.fromhex(key.kid)})
        sealed = hpke_seal(shared, public, private, key_info("city.bob", digest, own), content_key)
        copy = common + cbor.encode([own, {EK: public}, sealed])
        bob = Identity("city.bob", Ed25519PrivateKey.generate(), b"", (key,))
        if shares:
            assert open_envelope(copy, bob, view, at).signed.hex() == printed["signed_document"], number
        else:
            with pytest.raises(Forged, match="not wrapped for us"):
                open_envelope(copy, bob, view, at)


def test_nothing_is_sealed_to_a_key_with_which_everybody_shares_the_secret(printed: dict[str, Any]) -> None:
    at = datetime.fromisoformat(printed["opened_at"])
    opened = open_envelope(bytes.fromhex(printed["envelope"]), opener(printed, at), directory(), at)
    signer = Identity("city.alice", Ed25519PrivateKey.generate(), b"", ())
    refused = 0
    for _, public, _, _, shares in rows("x25519", 500):
        to = [Recipient("city.bob", hashlib.sha256(public).hexdigest()[:16], Suite.CLASSICAL, public)]
        if shares:
            continue
        with pytest.raises(BadKeys):
            seal(opened.header, opened.body, signer, to)
        refused += 1
    assert refused >= 10


def test_no_other_place_of_the_room_verifies_or_opens() -> None:
    folder = Path(exchange.envelope.__file__).parent
    found = set()
    for file in folder.glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            named = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
            if named and call.func.attr in {"verify", "decrypt"}:
                found.add((file.name, ast.unparse(call.func)))
    assert found == {
        ("primitives.py", "key.verify"),
        ("primitives.py", "key.decrypt"),
        ("keys.py", "KEMS[self.suite].hpke.decrypt"),
    }


def opener(printed: dict[str, Any], at: datetime) -> Identity:
    key = DecryptionKey.restore(Suite.CLASSICAL, bytes.fromhex(printed["recipient_secret_key"]), at, at)
    return Identity("city.bob", Ed25519PrivateKey.generate(), b"", (key,))


def hpke_seal(shared: bytes, ek: bytes, private: bytes, info: bytes, plaintext: bytes) -> bytes:
    """HPKE's single-shot seal (RFC 9180, section 6.1) from the bare result of X25519."""
    kem = b"KEM\x00\x20"
    public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    secret = expand(extract(b"", kem, b"eae_prk", shared), kem, b"shared_secret", ek + public, 32)
    suite = b"HPKE\x00\x20\x00\x01\x00\x02"
    context = b"\x00" + extract(b"", suite, b"psk_id_hash", b"") + extract(b"", suite, b"info_hash", info)
    base = extract(secret, suite, b"secret", b"")
    return AESGCM(expand(base, suite, b"key", context, 32)).encrypt(
        expand(base, suite, b"base_nonce", context, 12), plaintext, b""
    )
