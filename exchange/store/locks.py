"""The locks of claims: what keeps a second process out, how it is seen that one is held no more, and how it is broken.

Whoever holds a lock shows that it lives: a process that was stopped, or whose machine sleeps, keeps its lock and does
nothing. A lock is never what makes a step safe (`exchange.store.identity_lock`), so one may be broken.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine

from exchange.errors import DatabaseLost
from exchange.language import Text
from exchange.machine.lockfile import HeldElsewhere, HeldFile, inode


class HeldLock(Protocol):
    """A lock that may be lost."""

    def take(self, *, patient: bool) -> bool:
        """Take the lock, anew too; False where another process has it. ``patient`` waits for one just killed."""

    def is_alive(self) -> bool:
        """Return whether the lock is held, as far as can be seen from here."""

    def is_held_on(self, connection: Connection) -> bool:
        """Return whether it is held where this connection writes; asked in every step, so it must cost next to
        nothing.
        """

    def is_taken(self) -> bool:
        """Return whether anybody holds the lock."""

    def beat(self) -> None:
        """Show that whoever holds it lives."""

    def sign(self) -> object | None:
        """Return what changes within a second or two while whoever holds the lock lives; None where it is not known."""

    def break_open(self, silent: float) -> None:
        """Take the lock from whoever has shown no life for so many seconds; then anybody may take it."""

    def release(self) -> None:
        """Release the lock."""


class FileHold:
    """A file beside the database, and the database's own file, which must stay the one that it was."""

    def __init__(self, engine: Engine) -> None:
        self._database = str(engine.url.database)
        self._path, self._alive = Path(f"{self._database}.lock"), Path(f"{self._database}.alive")
        self._lock = HeldFile(self._path)
        self._seen: tuple[int, int] | None = None

    def take(self, *, patient: bool) -> bool:
        try:
            self._lock.take()
        except HeldElsewhere:
            return False
        self._seen = self._seen or inode(self._database)
        return True

    def is_alive(self) -> bool:
        """Raise DatabaseLost where the database's file was deleted or replaced: what is written would be nowhere."""
        if self._seen is not None and inode(self._database) != self._seen:
            raise DatabaseLost(
                Path(self._database).parent.name, Text("its file was deleted or replaced while it was used")
            )
        return self._lock.is_held()

    def is_held_on(self, connection: Connection) -> bool:
        return self.is_alive()

    def is_taken(self) -> bool:
        taken = self._lock.is_held() or not self.take(patient=False)
        self.release()
        return taken

    def beat(self) -> None:
        """Touch a file beside the database: the lock's own is touched by whoever tries to take it."""
        with suppress(OSError):
            self._alive.touch()
            os.utime(self._alive)

    def sign(self) -> object | None:
        try:
            return self._alive.stat().st_mtime_ns
        except OSError:
            return None

    def break_open(self, silent: float) -> None:
        """Remove the lock's file: a file of that name that is made now is another one."""
        self._path.unlink(missing_ok=True)

    def release(self) -> None:
        """Leave no sign of life behind, where it is held: whoever holds it next may show none at all."""
        if self._lock.is_held():
            self._alive.unlink(missing_ok=True)
        self._lock.release()
