"""The locks of claims: what keeps a second process out, and how it is seen that one is held no more."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, event, exc, text
from tenacity import RetryError, retry, retry_if_result, stop_after_delay, wait_fixed

from exchange.errors import DatabaseLost
from exchange.language import Text
from exchange.machine.lockfile import HeldElsewhere, HeldFile, inode
from exchange.store.engine import lock_key
from exchange.store.faults import translated

_LETTING_GO = 3.0
"""Seconds in which PostgreSQL should have noticed that a process was killed, and ended its session."""

_TRY = text("SELECT pg_try_advisory_lock(:key)")
_LET_GO = text("SELECT pg_advisory_unlock(:key)")
_ME = text("SELECT pg_backend_pid()")
_TAKEN = text(
    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted "
    "AND classid::bigint = :high AND objid::bigint = :low AND (pid = :pid OR :pid = 0))"
)
"""Whether a session has the lock; with 0, any."""
_NOTICE_THE_DEAD = (
    "SET tcp_keepalives_idle = 5",
    "SET tcp_keepalives_interval = 2",
    "SET tcp_keepalives_count = 3",
)
"""So that a server lets go of a machine that lost its power within seconds, not hours."""


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

    def release(self) -> None:
        """Release the lock."""


class FileHold:
    """A file beside the database, and the database's own file, which must stay the one that it was."""

    def __init__(self, engine: Engine) -> None:
        self._database = str(engine.url.database)
        self._lock = HeldFile(Path(f"{self._database}.lock"))
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

    def release(self) -> None:
        self._lock.release()


class SessionHold:
    """A session's advisory lock. Looked for anew on every server that a new connection leads to."""

    def __init__(self, engine: Engine, address: str) -> None:
        self._engine = engine
        self._key = lock_key(f"identity:{address}")
        self._connection: Connection | None = None
        self._pid = 0
        self._opened, self._looked = 0, -1

    def take(self, *, patient: bool) -> bool:
        before = self._pid
        self._drop()
        if not event.contains(self._engine, "connect", self._count):
            event.listen(self._engine, "connect", self._count)
        with translated(self._engine):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            try:
                taken = self._try(connection) if not patient else self._try_for_a_while(connection)
                if not taken and before and self._end_own_ghost(connection, before):
                    taken = self._try_for_a_while(connection)
                self._pid = int(connection.scalar(_ME) or 0)
                self._notice_the_dead(connection)
            except BaseException:
                connection.invalidate()
                connection.close()
                raise
        if not taken:
            connection.close()
            self._pid = before
            return False
        self._connection = connection
        return True

    def is_alive(self) -> bool:
        if self._connection is None:
            return False
        try:
            return bool(self._connection.scalar(_ME) == self._pid)
        except exc.SQLAlchemyError:
            return False

    def is_held_on(self, connection: Connection) -> bool:
        opened = self._opened
        if opened == self._looked:
            return True
        held = bool(connection.scalar(_TAKEN, self._named(self._pid)))
        if held:
            self._looked = opened
        return held

    def is_taken(self) -> bool:
        with translated(self._engine), self._engine.connect() as connection:
            return bool(connection.scalar(_TAKEN, self._named(0)))

    def release(self) -> None:
        if event.contains(self._engine, "connect", self._count):
            event.remove(self._engine, "connect", self._count)
        if self._connection is not None:
            with suppress(exc.SQLAlchemyError):
                self._connection.execute(_LET_GO, {"key": self._key})
        self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(exc.SQLAlchemyError):
                self._connection.invalidate()
                self._connection.close()
        self._connection = None

    def _try(self, connection: Connection) -> bool:
        return bool(connection.scalar(_TRY, {"key": self._key}))

    def _try_for_a_while(self, connection: Connection) -> bool:
        limits: Any = {"stop": stop_after_delay(_LETTING_GO), "wait": wait_fixed(0.1)}
        try:
            return bool(retry(retry=retry_if_result(lambda taken: not taken), **limits)(self._try)(connection))
        except RetryError:
            return False

    def _end_own_ghost(self, connection: Connection, pid: int) -> bool:
        """Ends the own earlier session, where it is what holds the lock: the server has not noticed that it is gone."""
        if not connection.scalar(_TAKEN, self._named(pid)):
            return False
        return bool(connection.scalar(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid}))

    def _named(self, pid: int) -> dict[str, int]:
        unsigned = self._key & (2**64 - 1)
        return {"pid": pid, "high": unsigned >> 32, "low": unsigned & (2**32 - 1)}

    def _notice_the_dead(self, connection: Connection) -> None:
        for setting in _NOTICE_THE_DEAD:
            with suppress(exc.DBAPIError):  # a socket of this machine has no use for it
                connection.exec_driver_sql(setting)

    def _count(self, *_: object) -> None:
        self._opened += 1
