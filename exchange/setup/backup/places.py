"""Where a member's database is put back: an SQLite file, or a schema of a server. Nothing there is overwritten."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from exchange.errors import IdentityInUse
from exchange.machine.files import keep_owner, make_folder, told
from exchange.machine.lockfile import HeldElsewhere, HeldFile
from exchange.machine.urls import sqlite_url
from exchange.messaging.log.restoring import RestoredNote, note_restored
from exchange.runtime.settings import Home, Settings
from exchange.store import open_store
from exchange.store.backup.files import facts_of_file, file_of
from exchange.store.backup.servers import (
    account_of,
    drop_schema,
    facts_of_schema,
    make_schema,
    name_schema,
    put_back_schema,
)
from exchange.store.backup.snapshots import DatabaseFacts
from exchange.store.engine import is_server, schema_of


class DatabasePlace(Protocol):
    """Where one member's database is."""

    def facts(self) -> DatabaseFacts | None:
        """Look at what is there; None where nothing is. Raises DatabaseUnavailable."""

    def put_back(self, copy: Path, note: RestoredNote | None, now: datetime) -> str | None:
        """Put a copy there, with today's tables, and ``note`` in it; return where what was there is now, if anything.

        Where that fails, what was there is there again. Raises BadBackup, DatabaseUnavailable, IdentityInUse or
        FileUnusable.
        """

    def take_away(self) -> None:
        """Take away what was just put into an empty place. Raises DatabaseUnavailable."""


def place_of(settings: Settings, address: str) -> DatabasePlace:
    """Return the place that settings and folder name."""
    given, url = settings.database_url, Home(settings.home).database_url(address, settings.database_url)
    return SchemaPlace(url, given, address) if given and is_server(given) else FilePlace(file_of(url), address)


class FilePlace:
    """A member's SQLite file."""

    def __init__(self, path: Path, address: str) -> None:
        self._path, self._address = path, address

    def facts(self) -> DatabaseFacts | None:
        return facts_of_file(self._path) if self._path.exists() else None

    def put_back(self, copy: Path, note: RestoredNote | None, now: datetime) -> str | None:
        make_folder(self._path.parent, 0o700)
        new = self._path.with_name(f"{self._path.name}.restoring")
        with _alone(self._path, self._address):
            try:
                with told(new):
                    new.unlink(missing_ok=True)
                    shutil.copyfile(copy, new)
                    new.chmod(0o600)
                _bring_up_to_date(sqlite_url(new), self._address, note)
                with told(self._path):
                    _settle(new)
                    aside = self._put_aside(now)
                    os.replace(new, self._path)
                    keep_owner(self._path)
            finally:
                for ending in ("", "-wal", "-shm"):
                    Path(f"{new}{ending}").unlink(missing_ok=True)
        return aside

    def take_away(self) -> None:
        """The whole folder goes."""

    def _put_aside(self, now: datetime) -> str | None:
        if not self._path.exists():
            return None
        try:
            _settle(self._path)
        except sqlite3.OperationalError as error:  # who has it open would go on with what is put aside
            raise IdentityInUse(
                "the database of {address} is open in another process, for example the console",
                remedy="stop the domain: exchange down",
                address=self._address,
            ) from error
        aside = self._path.with_name(f"{self._path.name}.before-{now:%Y%m%dT%H%M%S}")
        os.link(self._path, aside)
        return str(aside)


class SchemaPlace:
    """A member's schema on a server: under its own account, but made and named by the given one."""

    def __init__(self, url: str, given: str, address: str) -> None:
        self._url, self._given, self._address, self._schema = url, given, address, schema_of(address)

    def facts(self) -> DatabaseFacts | None:
        return facts_of_schema(self._url, self._address)

    def put_back(self, copy: Path, note: RestoredNote | None, now: datetime) -> str | None:
        aside = None
        if self.facts() is not None:
            with open_store(self._url, member=self._address) as store:
                if store.is_served(self._address):
                    raise IdentityInUse("{address} is being served", address=self._address)
            aside = f"{self._schema[:40]}_before_{now:%Y%m%d%H%M%S}"
            name_schema(self._given, self._schema, aside)
        try:
            make_schema(self._given, self._schema, account_of(self._url))
            put_back_schema(self._url, copy)
            _bring_up_to_date(self._url, self._address, note)
        except BaseException:
            drop_schema(self._given, self._schema)
            if aside is not None:
                name_schema(self._given, aside, self._schema)
            raise
        return aside

    def take_away(self) -> None:
        drop_schema(self._given, self._schema)


def _bring_up_to_date(url: str, address: str, note: RestoredNote | None) -> None:
    with open_store(url, member=address) as store:
        store.migrate()
        if note is not None:
            with store.transaction() as tx:
                note_restored(tx, note)


def _settle(path: Path) -> None:
    """Leaves one file by itself: what is in the log beside it belongs to it."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode=DELETE").close()
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _alone(path: Path, address: str) -> Iterator[None]:
    """Nobody serves the member meanwhile. Raises IdentityInUse."""
    lock = HeldFile(Path(f"{path}.lock"))
    try:
        lock.take()
    except HeldElsewhere as error:
        raise IdentityInUse("{address} is being served", address=address) from error
    try:
        yield
    finally:
        lock.release()
