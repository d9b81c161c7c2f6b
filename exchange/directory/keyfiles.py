"""Key folders: a member's private keys and certificate on disk, readable by their owner only, replaced whole.

A rotation takes two steps with the publication of the directory between them, so that nobody ever seals to a key that
the member lacks, and the member never signs with a certificate that nobody knows: `prepare_rotation` adds the new
decryption keys and lays the signing key by, `finish_rotation` puts that in force. It can be broken off anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm

from exchange.directory.at_rest import read_key, write_key
from exchange.directory.key_requests import OwnKeys
from exchange.directory.profile import read_certificate
from exchange.directory.tokens import restored, stored
from exchange.directory.tokens.stored import place
from exchange.directory.tokens.uri import TokenUri
from exchange.envelope import DecryptionKey, Identity, SigningKey
from exchange.errors import BadDirectory, BadKeys
from exchange.language import Text
from exchange.machine.files import make_folder, write_secret
from exchange.schemas import Suite

_SIGNING, _CERTIFICATE, _DECRYPTION, _ADDRESS = "signing.key", "certificate.der", "decryption.json", "address"
_NEXT = "next.json"
"""The signing key and certificate of a rotation whose directory is not published yet."""
_REQUESTED = "requested.json"
"""The signing key that a certificate was requested for, and the request, until the directory lists the certificate."""
FILES = (_CERTIFICATE, _SIGNING, _DECRYPTION)
"""What changes when a member's keys do."""
_OWN = Text("the certificate")
_RESTORE = "restore the key folder from the backup, or have `exchange certify ADDRESS` make new keys"


def save_identity(identity: Identity, folder: Path) -> None:
    """Write a key folder (mode 0700, files 0600)."""
    make_folder(folder, 0o700)
    write_secret(folder / _ADDRESS, identity.address.encode())
    write_secret(folder / _CERTIFICATE, identity.certificate)
    _write_decryption_keys(folder, identity.decryption_keys)
    write_key(folder / _SIGNING, stored(identity.signing_key))


def prepare_rotation(folder: Path, identity: Identity) -> None:
    """Save a member's new identity for later use; what is sealed to its new keys can be opened from here on.

    Raises BadKeys when the folder is there and its decryption keys cannot be read.
    """
    make_folder(folder, 0o700)
    kept = _decryption_keys(folder) if (folder / _DECRYPTION).exists() else ()
    _write_decryption_keys(folder, (*kept, *identity.decryption_keys))
    signing = {"signing": stored(identity.signing_key).hex(), "certificate": identity.certificate.hex()}
    write_key(folder / _NEXT, json.dumps(signing).encode())


def finish_rotation(folder: Path, address: str, listed: Collection[bytes]) -> None:
    """Put the prepared identity in force if its certificate is ``listed`` in the directory; else forget it."""
    if not in_rotation(folder):
        return
    signing = _laid_by(folder)
    if signing and bytes.fromhex(signing["certificate"]) in listed:
        write_secret(folder / _ADDRESS, address.encode())
        write_secret(folder / _CERTIFICATE, bytes.fromhex(signing["certificate"]))
        write_key(folder / _SIGNING, bytes.fromhex(signing["signing"]))
    (folder / _NEXT).unlink()


def in_rotation(folder: Path) -> bool:
    """Return whether a rotation was begun there and has not ended: its files may be old and new beside each other."""
    return (folder / _NEXT).exists()


def _laid_by(folder: Path) -> dict[str, str] | None:
    """A rotation's signing key and certificate; None where a power cut left nothing of them: it is made once more."""
    found = _note(folder / _NEXT)
    try:
        kept = bytes.fromhex(found["signing"])
        if place(kept) is None:
            restored(kept)
        read_certificate(bytes.fromhex(found["certificate"]), _OWN)
    except (KeyError, TypeError, ValueError, BadDirectory):
        return None
    return found


def lay_request(folder: Path, keys: OwnKeys, request: bytes) -> None:
    """Keep keys that nobody has certified yet; what is sealed to them can be opened from here on. Raises BadKeys."""
    make_folder(folder, 0o700)
    kept = _decryption_keys(folder) if (folder / _DECRYPTION).exists() else ()
    _write_decryption_keys(folder, (*kept, *keys.decryption_keys))
    facts = {
        "address": keys.address,
        "signing": stored(keys.signing_key).hex(),
        "kids": [key.kid for key in keys.decryption_keys],
        "request": request.hex(),
    }
    write_key(folder / _REQUESTED, json.dumps(facts).encode())


def requested(folder: Path) -> tuple[OwnKeys, bytes] | None:
    """Return the keys that a certificate was requested for, with the request; None where there is no such request."""
    found = _note(folder / _REQUESTED)
    try:
        signing = restored(bytes.fromhex(found["signing"]))
        keys = tuple(key for key in _decryption_keys(folder) if key.kid in found["kids"])
        return OwnKeys(str(found["address"]), signing, keys), bytes.fromhex(found["request"])
    except (KeyError, TypeError, ValueError, OSError):
        return None


def finish_request(folder: Path, listed: Collection[bytes]) -> bool:
    """Put requested keys in force, if a certificate of theirs is ``listed`` in the directory; return whether it is."""
    found = requested(folder)
    if found is None:
        return False
    keys, _ = found
    for certificate in listed:
        if read_certificate(certificate, _OWN).public_key() == keys.signing_key.public_key():
            write_secret(folder / _ADDRESS, keys.address.encode())
            write_secret(folder / _CERTIFICATE, certificate)
            write_key(folder / _SIGNING, stored(keys.signing_key))
            (folder / _REQUESTED).unlink()
            return True
    return False


def signing_place(folder: Path) -> TokenUri | None:
    """Return where in a token a member's signing key is; None where it is a file, or not here. Raises BadKeys."""
    return place(read_key(folder / _SIGNING)) if (folder / _SIGNING).exists() else None


def keep_signing_key(folder: Path, key: SigningKey) -> None:
    """Keep a member's signing key, in the place of the one before; of a token's, where it is.

    Raises BadKeys where it is not the key of the certificate there.
    """
    if not certifies(folder, key):
        raise BadKeys(
            "the key is not that of {certificate}", remedy="name the key that is", certificate=folder / _CERTIFICATE
        )
    write_key(folder / _SIGNING, stored(key))


def certifies(folder: Path, key: SigningKey) -> bool:
    """Return whether the certificate in a key folder is for this key. Raises BadKeys."""
    try:
        return read_certificate((folder / _CERTIFICATE).read_bytes(), _OWN).public_key() == key.public_key()
    except OSError as error:
        raise BadKeys(
            "{filename}: {reason}", remedy=_RESTORE, filename=error.filename, reason=error.strerror
        ) from error


def seal_keys(folder: Path) -> None:
    """Seal what lies in a key folder by the passphrase that is given. Raises BadKeys or FileUnusable."""
    for name in (_DECRYPTION, _SIGNING, _NEXT, _REQUESTED):
        if (folder / name).exists():
            write_key(folder / name, read_key(folder / name))


def _note(path: Path) -> dict[str, Any]:
    """What was laid by; empty where there is nothing, or a power cut left it garbled. Raises BadKeys for a seal."""
    try:
        found = json.loads(read_key(path))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def drop_decryption_keys(folder: Path, kids: Collection[str]) -> None:
    """Delete decryption keys for good. Raises BadKeys."""
    _write_decryption_keys(folder, [key for key in _decryption_keys(folder) if key.kid not in kids])


def load_identity(folder: Path) -> Identity:
    """Read a key folder. Raises BadKeys when it is missing, unreadable or inconsistent."""
    try:
        certificate = (folder / _CERTIFICATE).read_bytes()
        signing_key = restored(read_key(folder / _SIGNING))
        if read_certificate(certificate, _OWN).public_key() != signing_key.public_key():
            raise BadKeys(
                "{key} is not the key of {certificate}",
                remedy=_RESTORE,
                key=folder / _SIGNING,
                certificate=folder / _CERTIFICATE,
            )
        address = (folder / _ADDRESS).read_text()
        return Identity(address, signing_key, certificate, _decryption_keys(folder))
    except OSError as error:
        raise BadKeys(
            "{filename}: {reason}", remedy=_RESTORE, filename=error.filename, reason=error.strerror
        ) from error
    except (ValueError, UnsupportedAlgorithm, BadDirectory) as error:
        raise BadKeys(
            "the keys in {folder} are invalid ({name})", remedy=_RESTORE, folder=folder, name=type(error).__name__
        ) from None


def _decryption_keys(folder: Path) -> tuple[DecryptionKey, ...]:
    try:
        keys = json.loads(read_key(folder / _DECRYPTION))
        if not isinstance(keys, list) or not keys:
            raise BadKeys("{folder} holds no decryption key", remedy=_RESTORE, folder=folder / _DECRYPTION)
        return tuple(_decryption_key(key) for key in keys)
    except (ValueError, KeyError, TypeError) as error:
        raise BadKeys(
            "{folder} is invalid ({name})", remedy=_RESTORE, folder=folder / _DECRYPTION, name=type(error).__name__
        ) from None


def _write_decryption_keys(folder: Path, keys: Sequence[DecryptionKey]) -> None:
    entries = [
        {
            "suite": key.suite.value,
            "secret": key.secret.hex(),
            "not_before": key.not_before.isoformat(),
            "not_after": key.not_after.isoformat(),
        }
        for key in keys
    ]
    write_key(folder / _DECRYPTION, json.dumps(entries, indent=1).encode())


def _decryption_key(fields: dict[str, str]) -> DecryptionKey:
    return DecryptionKey.restore(
        Suite(fields["suite"]),
        bytes.fromhex(fields["secret"]),
        datetime.fromisoformat(fields["not_before"]),
        datetime.fromisoformat(fields["not_after"]),
    )
