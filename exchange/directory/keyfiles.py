"""Key folders: a member's private keys and certificate on disk, readable by their owner only, replaced whole."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.envelope import DecryptionKey, Identity
from exchange.errors import BadKeys
from schemas import Suite

_SIGNING, _CERTIFICATE, _DECRYPTION, _ADDRESS = "signing.key", "certificate.der", "decryption.json", "address"


def save_identity(identity: Identity, folder: Path) -> None:
    """Writes a key folder (mode 0700, files 0600)."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = [
        {
            "suite": key.suite.value,
            "secret": key.secret.hex(),
            "not_before": key.not_before.isoformat(),
            "not_after": key.not_after.isoformat(),
        }
        for key in identity.decryption_keys
    ]
    write_private(folder / _ADDRESS, identity.address.encode())
    write_private(folder / _CERTIFICATE, identity.certificate)
    write_private(folder / _DECRYPTION, json.dumps(keys, indent=1).encode())
    write_private(folder / _SIGNING, identity.signing_key.private_bytes_raw())


def load_identity(folder: Path) -> Identity:
    """Reads a key folder. Raises BadKeys when it is missing, unreadable or does not hold together."""
    try:
        keys = json.loads((folder / _DECRYPTION).read_bytes())
        if not isinstance(keys, list) or not keys:
            raise BadKeys(f"{folder / _DECRYPTION} holds no decryption key")
        return Identity(
            address=(folder / _ADDRESS).read_text(),
            signing_key=Ed25519PrivateKey.from_private_bytes((folder / _SIGNING).read_bytes()),
            certificate=(folder / _CERTIFICATE).read_bytes(),
            decryption_keys=tuple(_decryption_key(key) for key in keys),
        )
    except OSError as error:
        raise BadKeys(f"{error.filename}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadKeys(f"the keys in {folder} do not hold ({type(error).__name__})") from None


def write_private(path: Path, content: bytes) -> None:
    """Writes a file of its owner's only, whole or not at all."""
    temporary = path.with_name(path.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _decryption_key(fields: dict[str, str]) -> DecryptionKey:
    return DecryptionKey.restore(
        Suite(fields["suite"]),
        bytes.fromhex(fields["secret"]),
        datetime.fromisoformat(fields["not_before"]),
        datetime.fromisoformat(fields["not_after"]),
    )
