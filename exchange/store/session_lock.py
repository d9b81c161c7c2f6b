"""The lock of a claim on PostgreSQL: a session's advisory lock."""
# ruff: noqa: S608 -- all that is put into statements here is written here

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine, event, exc, text
from tenacity import RetryError, retry, retry_if_result, stop_after_delay, wait_fixed

from exchange.store.engine import lock_key, turn_key
from exchange.store.faults import translated

_LETTING_GO = 3.0
"""Seconds in which PostgreSQL should have noticed that a process was killed, and ended its session."""

_TRY = text("SELECT pg_try_advisory_lock(:key)")
_LET_GO = text("SELECT pg_advisory_unlock(:key)")
_ME = text("SELECT pg_backend_pid()")
_THE_LOCK = (
    "locktype = 'advisory' AND objsubid = 1 AND granted AND classid::bigint = :high AND objid::bigint = :low "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
"""Two domains may have a database each on one server, and a member of the same address in both."""
_TAKEN = text(f"SELECT EXISTS (SELECT 1 FROM pg_locks WHERE {_THE_LOCK} AND (pid = :pid OR :pid = 0))")
"""Whether a session has the lock; with 0, any."""
_SIGN = text(
    "SELECT pid, query_start FROM pg_stat_activity WHERE query_start IS NOT NULL "
    f"AND pid IN (SELECT pid FROM pg_locks WHERE {_THE_LOCK})"
)
"""Who has the lock, and when it last asked the server anything; nothing where the server does not keep that."""
_END = text(f"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE {_THE_LOCK}")
_END_IDLE = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE clock_timestamp() - state_change > :seconds * "
    "interval '1 second' AND (state LIKE 'idle in transaction%' OR wait_event_type = 'Client') "
    f"AND pid IN (SELECT pid FROM pg_locks WHERE {_THE_LOCK})"
)
"""Ends whoever keeps the lock within a transaction and has said nothing for so long: nobody could write."""
_NOTICE_THE_DEAD = (
    "SET tcp_keepalives_idle = 5",
    "SET tcp_keepalives_interval = 2",
    "SET tcp_keepalives_count = 3",
)
"""So that a server lets go of a machine that lost its power within seconds, not hours."""


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
                if taken:
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

    def beat(self) -> None:
        """Do nothing: `is_alive` has asked the server, which notes that."""

    def sign(self) -> object | None:
        with translated(self._engine), self._engine.connect() as connection:
            found = connection.execute(_SIGN, _words(self._key)).first()
        return tuple(found) if found is not None else None

    def break_open(self, silent: float) -> None:
        """End the session that has the lock, and one that has stopped in the middle of a step."""
        with translated(self._engine), self._engine.connect() as connection:
            connection.execute(_END, _words(self._key))
            connection.execute(_END_IDLE, {"seconds": silent, **_words(turn_key(self._engine))})
            connection.commit()

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
        return {"pid": pid, **_words(self._key)}

    def _notice_the_dead(self, connection: Connection) -> None:
        for setting in _NOTICE_THE_DEAD:
            with suppress(exc.DBAPIError):  # a socket of this machine has no use for it
                connection.exec_driver_sql(setting)

    def _count(self, *_: object) -> None:
        self._opened += 1


def _words(key: int) -> dict[str, int]:
    """Return the halves of an advisory lock's key, as the server lists it."""
    unsigned = key & (2**64 - 1)
    return {"high": unsigned >> 32, "low": unsigned & (2**32 - 1)}
