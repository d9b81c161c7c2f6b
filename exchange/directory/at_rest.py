"""Private keys on disk: as they are, or sealed by a passphrase (scrypt, RFC 7914; AES-256-GCM).

The passphrase lies in a file, which EXCHANGE_PASSPHRASE_FILE names (``/dev/fd/3`` too), or which systemd gives a
service as the credential ``yizhan-passphrase``; never in the environment itself or among arguments. Where there is one,
whatever is written is sealed; what is sealed is opened by it, and what is not is read as it is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from exchange.errors import BadKeys
from exchange.machine.files import write_secret

PASSPHRASE_FILE, CREDENTIALS, CREDENTIAL = "EXCHANGE_PASSPHRASE_FILE", "CREDENTIALS_DIRECTORY", "yizhan-passphrase"

_MARK = b"yizhan sealed 1\n"
_SALT, _NONCE = 16, 12
_COST, _BLOCK, _PARALLEL = 1 << 15, 8, 1
"""32 MiB of memory and about a tenth of a second for each guess."""
_LEAST = 12


def write_key(path: Path, content: bytes) -> None:
    """Write a file that holds private keys, readable by its owner only; sealed where there is a passphrase.

    Raises BadKeys for a passphrase that cannot be read or is short, or FileUnusable.
    """
    passphrase = _passphrase(os.environ)
    write_secret(path, content if passphrase is None else _seal(content, passphrase))


def read_key(path: Path) -> bytes:
    """Read a file that holds private keys. Raises OSError, or BadKeys where it is sealed and cannot be opened."""
    found = path.read_bytes()
    if not found.startswith(_MARK):
        return found
    passphrase = _passphrase(os.environ)
    if passphrase is None:
        raise BadKeys("{path} is sealed by a passphrase, and none is given", remedy=_GIVE, path=path)
    salt, nonce, sealed = _parts(found)
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, sealed, _MARK)
    except (InvalidTag, ValueError) as error:
        raise BadKeys("{path} cannot be opened by the passphrase that is given", remedy=_GIVE, path=path) from error


def expect_passphrase() -> None:
    """Raise BadKeys where no passphrase is given, or it cannot be read or is short."""
    if _passphrase(os.environ) is None:
        raise BadKeys("no passphrase is given", remedy=_GIVE)


_GIVE = (
    "name a file that holds the passphrase in EXCHANGE_PASSPHRASE_FILE, or give systemd the credential "
    "yizhan-passphrase"
)


def _seal(content: bytes, passphrase: bytes) -> bytes:
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    return _MARK + salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, content, _MARK)


def _parts(found: bytes) -> tuple[bytes, bytes, bytes]:
    rest = found[len(_MARK) :]
    return rest[:_SALT], rest[_SALT : _SALT + _NONCE], rest[_SALT + _NONCE :]


@lru_cache(maxsize=64)
def _key(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK, p=_PARALLEL).derive(passphrase)


def _passphrase(env: Mapping[str, str]) -> bytes | None:
    named = env.get(PASSPHRASE_FILE)
    credential = Path(env[CREDENTIALS]) / CREDENTIAL if env.get(CREDENTIALS) else None
    path = Path(named) if named else credential if credential is not None and credential.exists() else None
    return None if path is None else _read(str(path))


@lru_cache(maxsize=4)
def _read(path: str) -> bytes:
    """What a file holds, read once: it may be a descriptor, which gives it but once."""
    try:
        found = Path(path).read_bytes().strip()
    except OSError as error:
        raise BadKeys(
            "the passphrase in {path} cannot be read: {reason}", remedy=_GIVE, path=path, reason=error.strerror
        ) from error
    if len(found) < _LEAST:
        raise BadKeys(
            "the passphrase in {path} has less than {least} characters", remedy=_GIVE, path=path, least=_LEAST
        )
    return found
