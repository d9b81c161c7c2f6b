"""A file sealed for recovery: to a passphrase (Argon2id, RFC 9106), or to an RSA certificate; AES-256-GCM within.

The first line is a mark, the second one line of JSON that says how the key is had, and the rest is sealed: with the two
lines as what is authenticated beside it. A file of a later version has another mark.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

from exchange.errors import BadBackup, BadConfiguration

MARK = b"yizhan recovery 1\n"
LEAST = 12
"""Characters of a passphrase."""
_KEY, _SALT, _NONCE = 32, 16, 12
_HEADER_LIMIT = 2_048
_LEAST_BITS = 3_072
_PADDING = OAEP(mgf=MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


@dataclass(frozen=True)
class Argon2Cost:
    """What one guess at a passphrase costs."""

    passes: int = 3
    memory_kib: int = 256 * 1024
    lanes: int = 4

    @property
    def is_bearable(self) -> bool:
        """Whether a file may ask for this: one that was made to exhaust a machine is refused."""
        return 1 <= self.passes <= 16 and 8 * self.lanes <= self.memory_kib <= 2**21 and 1 <= self.lanes <= 16


class ContentKey(Protocol):
    """How the key of a file's content is had, when it is made and when it is opened."""

    def make(self) -> tuple[bytes, Mapping[str, Any]]:
        """Return a new key, and what the file says of it."""

    def find(self, said: Mapping[str, Any]) -> bytes:
        """Return the key of a file that says this. Raises BadBackup."""


class PassphraseKey:
    """The key follows from a passphrase, of `LEAST` characters or more. Raises BadConfiguration for a shorter one."""

    def __init__(self, passphrase: bytes, cost: Argon2Cost = Argon2Cost()) -> None:
        if len(passphrase.decode(errors="replace")) < LEAST:
            raise BadConfiguration(
                "the passphrase has less than {least} characters", remedy="take a longer one", least=LEAST
            )
        self._passphrase, self._cost = passphrase, cost

    def make(self) -> tuple[bytes, Mapping[str, Any]]:
        cost = self._cost
        said = {"kdf": "argon2id", "passes": cost.passes, "memory_kib": cost.memory_kib, "lanes": cost.lanes,
                "salt": _text(os.urandom(_SALT))}  # fmt: skip
        return self.find(said), said

    def find(self, said: Mapping[str, Any]) -> bytes:
        if said.get("kdf") != "argon2id":
            raise BadBackup(
                "the keys are sealed to a recovery certificate, not to a passphrase",
                remedy="name the private key of that certificate: --recovery-key FILE",
            )
        cost = Argon2Cost(_number(said, "passes"), _number(said, "memory_kib"), _number(said, "lanes"))
        if not cost.is_bearable:
            raise BadBackup("the sealed keys ask for more work than this release does for a passphrase")
        try:
            return hash_secret_raw(
                self._passphrase, _octets(said, "salt"), cost.passes, cost.memory_kib, cost.lanes, _KEY, Type.ID
            )
        except HashingError as error:
            raise BadBackup("the sealed keys cannot be opened: {error}", error=error) from error


class CertificateKey:
    """A random key, wrapped for who has the private key of a recovery certificate (RSA-OAEP with SHA-256)."""

    def __init__(self, certificate: bytes) -> None:
        """Read a certificate, PEM or DER. Raises BadConfiguration for what is none, or has no such key."""
        pem = certificate.lstrip().startswith(b"-----")
        try:
            found = load_pem_x509_certificate(certificate) if pem else load_der_x509_certificate(certificate)
            public = found.public_key()
        except (ValueError, UnsupportedAlgorithm) as error:
            raise BadConfiguration("the recovery certificate cannot be read", remedy=_MAKE_ONE) from error
        if not isinstance(public, RSAPublicKey) or public.key_size < _LEAST_BITS:
            raise BadConfiguration("the recovery certificate has no RSA key of 3072 bits or more", remedy=_MAKE_ONE)
        self._public, self._name = public, found.fingerprint(hashes.SHA256()).hex()

    def make(self) -> tuple[bytes, Mapping[str, Any]]:
        key = os.urandom(_KEY)
        return key, {"to": self._name, "wrapped": _text(self._public.encrypt(key, _PADDING))}

    def find(self, said: Mapping[str, Any]) -> bytes:
        raise BadBackup("a certificate opens nothing", remedy="name its private key: --recovery-key FILE")


class PrivateKey:
    """The private key of a recovery certificate, which opens what was sealed to that."""

    def __init__(self, pem: bytes, passphrase: bytes | None) -> None:
        """Read a key in PEM. Raises BadConfiguration."""
        try:
            found = load_pem_private_key(pem, passphrase)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadConfiguration(
                "the private key of the recovery certificate cannot be read",
                remedy="name it in PEM; one that has a passphrase takes --passphrase-file FILE beside it",
            ) from error
        if not isinstance(found, RSAPrivateKey):
            raise BadConfiguration("the private key of a recovery certificate is an RSA key", remedy=_MAKE_ONE)
        self._private = found

    def make(self) -> tuple[bytes, Mapping[str, Any]]:
        raise BadConfiguration("a private key seals nothing", remedy="name its certificate: --recovery-certificate")

    def find(self, said: Mapping[str, Any]) -> bytes:
        if "wrapped" not in said:
            raise BadBackup("the keys are sealed to a passphrase", remedy="give it: --passphrase-file FILE")
        try:
            return self._private.decrypt(_octets(said, "wrapped"), _PADDING)
        except ValueError as error:
            raise BadBackup("the keys are sealed to another recovery certificate than that of this key") from error


_MAKE_ONE = "make one of RSA with 3072 bits or more, for example by `openssl req -x509 -newkey rsa:4096`"


def seal_for_recovery(content: bytes, key: ContentKey) -> bytes:
    """Seal what a file is to hold."""
    secret, said = key.make()
    nonce = os.urandom(_NONCE)
    head = MARK + json.dumps({**said, "nonce": _text(nonce)}, separators=(",", ":"), sort_keys=True).encode() + b"\n"
    return head + AESGCM(secret).encrypt(nonce, content, head)


def open_for_recovery(data: bytes, key: ContentKey) -> bytes:
    """Return what a file holds. Raises BadBackup for one that is none, was changed, or is sealed by another key."""
    if not data.startswith(MARK):
        raise BadBackup("this is no file of sealed keys, or one of a later release")
    end = data.find(b"\n", len(MARK), len(MARK) + _HEADER_LIMIT) + 1
    said = _header(data[len(MARK) : end])
    secret = key.find(said)
    try:
        return AESGCM(secret).decrypt(_octets(said, "nonce"), data[end:], data[:end])
    except (InvalidTag, ValueError) as error:
        raise BadBackup(
            "the keys cannot be opened: another passphrase or key, or the file was changed",
            remedy="give what they were sealed with; nothing else opens them",
        ) from error


def _header(line: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadBackup("the file of sealed keys is damaged at its beginning")
    return found


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _octets(said: Mapping[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(str(said[name]), validate=True)
    except (KeyError, binascii.Error, ValueError) as error:
        raise BadBackup("the file of sealed keys is damaged at its beginning") from error


def _number(said: Mapping[str, Any], name: str) -> int:
    found = said.get(name)
    if not isinstance(found, int) or isinstance(found, bool):
        raise BadBackup("the file of sealed keys is damaged at its beginning")
    return found
