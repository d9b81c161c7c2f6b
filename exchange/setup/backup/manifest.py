"""The manifest of a backup: what is in it, each with its digest, and how far each member's log had come.

It lies in the folder as ``manifest.json``. The sealed keys hold its digest, so that whoever can open them knows of
every file whether it is as it was written; without them it says what is there, and not that nobody has changed it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from exchange.errors import BadBackup
from exchange.machine.files import told
from exchange.schemas import Wire
from exchange.schemas.base import LARGEST_INTEGER, Address, Digest
from exchange.schemas.instants import Instant

MANIFEST = "manifest.json"
_LIMIT = 64 * 2**20
_CHUNK = 2**20

Count = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
Digested = Callable[[int], None]
"""Told how many octets were read."""


class BackupFile(Wire):
    """A file of the backup, by its path within the folder."""

    path: Annotated[str, Field(min_length=1, max_length=4_096)]
    sha256: Digest
    size: Count
    mode: Annotated[int, Field(ge=0, le=0o777)]


class BackupDatabase(Wire):
    """A member's database."""

    address: Address
    file: BackupFile
    revision: Annotated[str, Field(min_length=1, max_length=32)]
    """Of its tables."""
    last_entry: Count
    """The newest number in its journal."""
    head_size: Count
    """Entries in the newest head of its log: peers may have seen a higher one since."""
    head: bytes | None
    """That head, as the member signed it."""


class BackupManifest(Wire):
    """All of a backup but its sealed keys."""

    format: Literal["yizhan-backup"]
    version: Literal[1]
    domain: Address
    release: str
    """Of the exchange that took it."""
    database: Literal["sqlite", "postgresql"]
    begun_at: Instant
    """Not after the moment at which the databases were held."""
    databases: tuple[BackupDatabase, ...]
    files: tuple[BackupFile, ...]
    keys: bool
    """Whether keys were sealed with it."""
    not_here: tuple[Address, ...]
    """Members that have no folder on this machine, so that nothing of theirs is in it."""

    @model_validator(mode="after")
    def _each_once_and_inside(self) -> Self:
        paths = [one.path for one in (*self.files, *(one.file for one in self.databases))]
        if len(set(paths)) != len(paths) or not all(map(_is_inside, paths)):
            raise ValueError("a path stands twice, or leads out of the folder")
        return self

    def of(self, address: str) -> BackupDatabase:
        """Return a member's database. Raises BadBackup."""
        for one in self.databases:
            if one.address == address:
                return one
        raise BadBackup(
            "there is no database of {address} in it",
            remedy="it has: {there}", address=address, there=", ".join(one.address for one in self.databases),
        )  # fmt: skip


def read_manifest(folder: Path) -> tuple[BackupManifest, str]:
    """Read a backup's manifest; return it with its digest. Raises BadBackup or FileUnusable."""
    path = folder / MANIFEST
    if not path.is_file():
        raise BadBackup("there is no backup in {folder}", remedy="name the folder that `exchange backup` made",
                        folder=folder)  # fmt: skip
    with told(path):
        data = path.open("rb").read(_LIMIT)
    try:
        return BackupManifest.model_validate_json(data), hashlib.sha256(data).hexdigest()
    except ValidationError as error:
        raise BadBackup("{path} is damaged, or of a later release", path=path) from error


def kept_file(root: Path, path: Path, seen: Digested = lambda octets: None) -> BackupFile:
    """Describe a file of a backup. Raises OSError."""
    digest, size = digest_of(path, seen)
    return BackupFile(
        path=path.relative_to(root).as_posix(), sha256=digest, size=size, mode=path.stat().st_mode & 0o777
    )


def digest_of(path: Path, seen: Digested = lambda octets: None) -> tuple[str, int]:
    """Return a file's SHA-256 and size. Raises OSError."""
    found, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            found.update(part)
            size += len(part)
            seen(len(part))
    return found.hexdigest(), size


def _is_inside(path: str) -> bool:
    pure = PurePosixPath(path)
    return not pure.is_absolute() and ".." not in pure.parts and pure.as_posix() == path and path != MANIFEST
