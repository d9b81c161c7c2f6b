"""The sealed keys of a backup: a tar file of everything secret in the domain's folder, with the manifest's digest."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from exchange.directory.recovery import ContentKey, open_for_recovery, seal_for_recovery
from exchange.errors import BadBackup
from exchange.language import Text
from exchange.machine.files import told

_DIGEST = "manifest.sha256"
_MOST = 256 * 2**20
"""Octets of what is sealed, which is held in memory."""


@dataclass(frozen=True)
class SealedFile:
    """A secret file: what it holds, and its mode."""

    content: bytes
    mode: int


@dataclass(frozen=True)
class OpenedKeys:
    """What a file of sealed keys holds."""

    manifest: str
    """SHA-256 of the manifest that it was sealed with."""
    files: Mapping[PurePosixPath, SealedFile]


def seal_keys(root: Path, paths: list[PurePosixPath], manifest: str, key: ContentKey) -> bytes:
    """Seal files of a domain's folder. Raises BadBackup for too much of it, or FileUnusable."""
    whole, total = io.BytesIO(), 0
    with tarfile.open(fileobj=whole, mode="w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, _DIGEST, manifest.encode(), 0o600)
        for path in paths:
            with told(root / path):
                content, mode = (root / path).read_bytes(), (root / path).stat().st_mode & 0o777
            total += len(content)
            if total > _MOST:
                remedy = "move what is large out of the domain's folder, for example {path}"
                raise BadBackup("what would be sealed with the keys is too large", remedy=remedy, path=path)
            _add(tar, path.as_posix(), content, mode)
    return seal_for_recovery(whole.getvalue(), key)


def open_keys(path: Path, key: ContentKey) -> OpenedKeys:
    """Open a file of sealed keys. Raises BadBackup or FileUnusable."""
    with told(path):
        if path.stat().st_size > 2 * _MOST:
            raise BadBackup("{path} is no file of sealed keys", path=path)
        data = path.read_bytes()
    files: dict[PurePosixPath, SealedFile] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(open_for_recovery(data, key)), mode="r:") as tar:
            for one in tar:
                found, place = tar.extractfile(one) if one.isfile() else None, PurePosixPath(one.name)
                if found is None or place.is_absolute() or ".." in place.parts:
                    raise BadBackup("{path} holds what is no file of a domain", path=path)
                files[place] = SealedFile(found.read(), one.mode & 0o777)
    except tarfile.TarError as error:
        raise BadBackup("{path} holds no files", path=path) from error
    digest = files.pop(PurePosixPath(_DIGEST), None)
    if digest is None:
        raise BadBackup("{path} does not say which backup it belongs to", path=path)
    return OpenedKeys(digest.content.decode(errors="replace"), files)


def belongs(keys: OpenedKeys, manifest: str) -> Text | None:
    """Return why sealed keys do not speak for a backup; None where they were sealed with it."""
    if keys.manifest == manifest:
        return None
    return Text("the keys were sealed with another backup, or this one was changed: they do not vouch for its content")


def _add(tar: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    tar.addfile(entry, io.BytesIO(content))
