"""An SQLite file: held by a reader's transaction, copied by SQLite's own backup, checked page by page, put back."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType

from sqlalchemy import make_url

from exchange.errors import BadBackup, DatabaseLost, DatabaseUnavailable
from exchange.language import Text
from exchange.machine.files import unusable
from exchange.store.backup.snapshots import DatabaseFacts, Progress, facts_by

_AT_ONCE = 2_048
"""Pages copied at once: 32 MB, after each of which progress is told."""
_PATIENCE = 15.0


class FileSnapshot:
    """Holds one state of the file; writers go on, and their log grows meanwhile."""

    def __init__(self, url: str, address: str) -> None:
        self._path, self._address = file_of(url), address

    def __enter__(self) -> FileSnapshot:
        if not self._path.is_file():
            raise DatabaseLost(self._address, Text("there is none at {file}", {"file": self._path}))
        with _told(self._path):
            self._db = sqlite3.connect(_uri(self._path, "rw"), uri=True, timeout=_PATIENCE, isolation_level=None)
            try:
                self._db.execute("BEGIN")
                self._db.execute("SELECT 1 FROM alembic_version").fetchone()
            except BaseException:
                self._db.close()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def facts(self) -> DatabaseFacts:
        with _told(self._path):
            return _facts(self._db)

    def copy(self, to: Path, progress: Progress) -> None:
        with _told(to), closing(sqlite3.connect(to)) as there:
            for pragma in ("journal_mode=OFF", "synchronous=OFF"):
                there.execute(f"PRAGMA {pragma}").close()
            self._db.backup(
                there, pages=_AT_ONCE, sleep=0, progress=lambda status, left, all_: progress(all_ - left, all_)
            )
            there.execute("PRAGMA journal_mode=DELETE").close()  # one file by itself, without a log beside it
        os.chmod(to, 0o600)
        check_file(to)


def file_of(url: str) -> Path:
    """Return the file that an SQLite URL names."""
    return Path(make_url(url).database or "")


def check_file(path: Path) -> DatabaseFacts:
    """Check a copy page by page; return what it says. Raises BadBackup or DatabaseUnavailable."""
    with _told(path), closing(sqlite3.connect(_uri(path, "ro") + "&immutable=1", uri=True)) as db:
        (said,) = db.execute("PRAGMA integrity_check(1)").fetchone()
        if said != "ok":
            raise BadBackup("{path} is damaged: {said}", path=path, said=said)
        return _facts(db)


def facts_of_file(path: Path) -> DatabaseFacts | None:
    """Look into a member's file, which nobody serves; None where it has no tables. Raises DatabaseUnavailable."""
    with _told(path), closing(sqlite3.connect(_uri(path, "rw"), uri=True, timeout=_PATIENCE)) as db:
        return _facts(db) if _has(db, "alembic_version") else None


def _facts(db: sqlite3.Connection) -> DatabaseFacts:
    return facts_by(lambda statement: db.execute(statement).fetchone(), lambda name: _has(db, name))


def _has(db: sqlite3.Connection, name: str) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).fetchone() is not None


def _uri(path: Path, mode: str) -> str:
    return f"{path.absolute().as_uri()}?mode={mode}"


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise unusable(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), path) from error
        raise DatabaseUnavailable("{path}: {reason}", path=path, reason=error) from error
