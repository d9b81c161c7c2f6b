"""Whether a backup is whole: every file is there as it was written, and every database can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from exchange.directory.recovery import ContentKey
from exchange.errors import BadBackup
from exchange.language import Text
from exchange.machine.files import told
from exchange.setup.backup.manifest import BackupFile, BackupManifest, digest_of, read_manifest
from exchange.setup.backup.sealed_keys import OpenedKeys, belongs, open_keys
from exchange.store.backup.files import check_file
from exchange.store.backup.servers import check_dump

Tell = Callable[[str], None]


@dataclass(frozen=True)
class CheckedBackup:
    """A backup of which every file is as its manifest says."""

    folder: Path
    manifest: BackupManifest
    digest: str
    """SHA-256 of the manifest."""
    keys: OpenedKeys | None
    unvouched: Text | None
    """Why nothing says that manifest and files are those that were written; None where the sealed keys do."""


def check_backup(folder: Path, keys: Path | None, key: ContentKey | None, tell: Tell) -> CheckedBackup:
    """Check a backup, with its sealed keys where a ``key`` for them is given.

    Raises BadBackup naming the first file that is missing or changed, DatabaseUnavailable or FileUnusable.
    """
    manifest, digest = read_manifest(folder)
    opened = open_keys(keys, key) if keys is not None and key is not None else None
    for one in (*manifest.files, *(kept.file for kept in manifest.databases)):
        tell(one.path)
        _check(folder, one)
    for kept in manifest.databases:
        tell(kept.address)
        if manifest.database == "sqlite":
            check_file(folder / kept.file.path)
        else:
            check_dump(folder / kept.file.path)
    unvouched = belongs(opened, digest) if opened is not None else Text("the sealed keys were not opened")
    return CheckedBackup(folder, manifest, digest, opened, unvouched)


def _check(folder: Path, one: BackupFile) -> None:
    path = folder / one.path
    if not path.is_file():
        raise BadBackup("{path} is missing", path=path)
    with told(path):
        found = digest_of(path)
    if found != (one.sha256, one.size):
        raise BadBackup("{path} is not as it was written", path=path)
