"""Keys sealed for recovery: opened by what they were sealed with, and by nothing else; never half."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509.oid import NameOID

from exchange.clock import RealClock
from exchange.directory.recovery import (
    MARK,
    Argon2Cost,
    CertificateKey,
    PassphraseKey,
    PrivateKey,
    open_for_recovery,
    seal_for_recovery,
)
from exchange.errors import BadBackup, BadConfiguration

CHEAP = Argon2Cost(passes=1, memory_kib=64, lanes=1)
VECTORS = json.loads((Path(__file__).parents[3] / "docs" / "vectors" / "recovery.json").read_text(encoding="utf-8"))


def passphrase(said: str = "correct horse battery") -> PassphraseKey:
    return PassphraseKey(said.encode(), CHEAP)


@pytest.fixture(scope="module")
def private() -> RSAPrivateKey:
    return generate_private_key(65_537, 3_072)


def certified(private: RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "recovery")])
    now = RealClock().now()
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    built = built.serial_number(1).not_valid_before(now).not_valid_after(now)
    return built.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def pem(private: RSAPrivateKey, said: bytes | None = None) -> bytes:
    how = serialization.BestAvailableEncryption(said) if said else serialization.NoEncryption()
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


def test_what_a_passphrase_seals_it_opens() -> None:
    sealed = seal_for_recovery(b"keys", passphrase())
    assert b"keys" not in sealed
    assert open_for_recovery(sealed, passphrase()) == b"keys"
    assert seal_for_recovery(b"keys", passphrase()) != sealed


def test_another_passphrase_is_told_as_such() -> None:
    sealed = seal_for_recovery(b"keys", passphrase())
    with pytest.raises(BadBackup, match="another passphrase") as told:
        open_for_recovery(sealed, passphrase("correct horse batteries"))
    assert told.value.remedy


@pytest.mark.parametrize("place", range(0, 160, 7))
def test_no_octet_can_be_changed(place: int) -> None:
    sealed = bytearray(seal_for_recovery(b"k" * 40, passphrase()))
    sealed[place] ^= 1
    with pytest.raises(BadBackup):
        open_for_recovery(bytes(sealed), passphrase())


def test_what_was_cut_off_is_not_opened() -> None:
    sealed = seal_for_recovery(b"k" * 40, passphrase())
    for end in (0, len(MARK), len(MARK) + 10, len(sealed) - 1):
        with pytest.raises(BadBackup):
            open_for_recovery(sealed[:end], passphrase())


def test_a_file_that_would_exhaust_the_machine_is_refused() -> None:
    head = {"kdf": "argon2id", "passes": 1, "memory_kib": 2**30, "lanes": 1, "salt": "AAAA", "nonce": "AAAA"}
    with pytest.raises(BadBackup, match="more work"):
        open_for_recovery(MARK + json.dumps(head).encode() + b"\nx", passphrase())


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(BadConfiguration, match="less than 12"):
        PassphraseKey(b"short")


def test_what_is_sealed_to_a_certificate_its_key_opens(private: RSAPrivateKey) -> None:
    sealed = seal_for_recovery(b"keys", CertificateKey(certified(private)))
    assert open_for_recovery(sealed, PrivateKey(pem(private), None)) == b"keys"
    assert open_for_recovery(sealed, PrivateKey(pem(private, b"secret"), b"secret")) == b"keys"
    with pytest.raises(BadBackup, match="not to a passphrase"):
        open_for_recovery(sealed, passphrase())
    with pytest.raises(BadBackup, match="another recovery certificate"):
        open_for_recovery(sealed, PrivateKey(pem(generate_private_key(65_537, 3_072)), None))
    with pytest.raises(BadBackup, match="sealed to a passphrase"):
        open_for_recovery(seal_for_recovery(b"keys", passphrase()), PrivateKey(pem(private), None))


def test_certificates_and_keys_that_do_not_do_are_refused(private: RSAPrivateKey) -> None:
    with pytest.raises(BadConfiguration, match="3072"):
        CertificateKey(certified(generate_private_key(65_537, 2_048)))
    with pytest.raises(BadConfiguration, match="cannot be read"):
        CertificateKey(b"-----BEGIN NOTHING")
    with pytest.raises(BadConfiguration, match="cannot be read"):
        PrivateKey(pem(private, b"secret"), None)


def test_the_vectors_are_opened() -> None:
    for one in VECTORS["sealed"]:
        sealed = MARK + one["header"].encode() + b"\n" + bytes.fromhex(one["ciphertext"])
        assert open_for_recovery(sealed, PassphraseKey(one["passphrase"].encode())).hex() == one["content"]
