"""A member's database as the flow uses it: one transaction a step."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import Connection, Engine, bindparam, func, insert, select, update

from exchange.store.bulk import adding
from exchange.store.compiled import CompiledConnection
from exchange.store.engine import ping
from exchange.store.faults import translated
from exchange.store.identity_lock import Claim, check_idle, claim, is_served
from exchange.store.journal import JournalEntry
from exchange.store.kept import Begun, KeptConnections
from exchange.store.migrate import is_current, is_new, migrate
from exchange.store.tables import journal, meta
from exchange.store.turns import Turns

_FILLER = "filler"
"""Meta key of what `Store.try_writing` writes."""

_META = select(meta.c.value).where(meta.c.key == bindparam("key"))
_SET_META = update(meta).where(meta.c.key == bindparam("at")).values(value=bindparam("to"))
_ADD_META = insert(meta)
_APPEND = adding(journal, "at", "event", "case_number", "message_id", "detail", "message_digest")
_NO_DIGESTS: Mapping[str | None, bytes | None] = {}


class FromConnection(Protocol):
    """What a transaction hands out: made from its connection alone."""

    def __init__(self, connection: Connection, /) -> None: ...


T = TypeVar("T", bound=FromConnection)


class Transaction:
    """All tables of a member within one transaction: `tx[Cases]` is the cases, by the class that has their verbs."""

    def __init__(self, connection: CompiledConnection) -> None:
        self._db = cast(Connection, connection)
        self._meta: dict[str, str | None] = {}
        self._had: dict[type[FromConnection], Any] = {}

    def __getitem__(self, kind: type[T]) -> T:
        """Return this transaction's instance of a class that is made from a connection; one instance a transaction."""
        found: T | None = self._had.get(kind)
        if found is None:
            found = self._had[kind] = kind(self._db)
        return found

    def journal(
        self, entries: Sequence[JournalEntry], digests: Mapping[str | None, bytes | None] = _NO_DIGESTS
    ) -> None:
        """Write lines; ``digests``: SHA-256 of the signed bytes of messages that are at hand, by their ids."""
        rows = [
            {
                "at": entry.at,
                "event": entry.event,
                "case_number": entry.case_number,
                "message_id": entry.message_id,
                "detail": json.dumps(dict(entry.detail), ensure_ascii=False, default=str),
                "message_digest": digests.get(entry.message_id),
            }
            for entry in entries
        ]
        if rows:
            _APPEND.run(self._db, rows)

    def journal_of(self, case_number: str) -> list[JournalEntry]:
        query = select(journal).where(journal.c.case_number == case_number).order_by(journal.c.id)
        return [
            JournalEntry(row.at, row.event, row.case_number, row.message_id, json.loads(row.detail))
            for row in self._db.execute(query)
        ]

    def recent_journal(self, limit: int = 200) -> list[JournalEntry]:
        """Return the last lines of the journal, oldest first."""
        rows = self._db.execute(select(journal).order_by(journal.c.id.desc()).limit(limit)).all()
        return [
            JournalEntry(row.at, row.event, row.case_number, row.message_id, json.loads(row.detail))
            for row in reversed(rows)
        ]

    def get_meta(self, key: str) -> str | None:
        if key not in self._meta:
            self._meta[key] = self._db.scalar(_META, {"key": key})
        return self._meta[key]

    def set_meta(self, key: str, value: str) -> None:
        if not self._db.execute(_SET_META, {"at": key, "to": value}).rowcount:
            self._db.execute(_ADD_META, {"key": key, "value": value})
        self._meta[key] = value


class SharedState:
    """One state of a database that is read by one thread, step by step; for `Store.one_state`."""

    def __init__(self, connections: KeptConnections) -> None:
        self._connections = connections
        self._begun: Begun | None = None
        self._transaction: Transaction | None = None

    def transaction(self) -> Transaction:
        """Return the transaction, begun by now."""
        if self._transaction is None:
            begun = self._connections.reading()
            self._transaction = Transaction(begun.__enter__())
            self._begun = begun
        return self._transaction

    def end(self, error: BaseException | None = None) -> None:
        """End it: well, or for an error; the next look begins another one."""
        begun, self._begun, self._transaction = self._begun, None, None
        if begun is not None:
            begun.__exit__(type(error) if error is not None else None, error, None)


_TURN = 30.0
"""Seconds that a thread waits for its turn to write, behind others of its process: twice what one waits for a file."""


class _OfThread(threading.local):
    of_thread: SharedState | None = None


class Store:
    """A node's database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._translated = translated(engine)
        self._connections = KeptConnections(engine)
        self._turn: AbstractContextManager[object] = Turns(_TURN) if engine.dialect.name == "sqlite" else nullcontext()
        """SQLite has one writer; threads of this process queue here in order rather than poll the file's lock."""
        self._log = f"{engine.url.database}-wal" if engine.dialect.name == "sqlite" else None
        self._claim: Claim | None = None
        self._shared = _OfThread()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def mark(self) -> object | None:
        """Return the length and time of change of SQLite's log, which every commit moves."""
        if self._log is None:
            return None
        try:
            found = os.stat(self._log)
        except OSError:
            return None
        return found.st_size, found.st_mtime_ns

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Write; commit on leaving, roll back on any exception. Raises DatabaseUnavailable or Conflict.

        While the identity is claimed here, raises IdentityLost once another process has it.
        """
        with self._translated, self._turn, self._connections.writing() as connection:
            tx = Transaction(connection)
            if self._claim is not None:
                self._claim.check(tx._db)
            yield tx
        if self._shared.of_thread is not None:
            self._shared.of_thread.end()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Read a consistent state; never block a writer. Raises DatabaseUnavailable."""
        shared = self._shared.of_thread
        if shared is not None:
            with self._translated:
                yield shared.transaction()
            return
        with self._translated, self._connections.reading() as connection:
            yield Transaction(connection)

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """Have this thread read one state meanwhile, in one transaction, which begins with the first look.

        A server is asked less often so, and what a page shows fits together. What the thread writes meanwhile, it sees:
        the next look is at a new state. Raises DatabaseUnavailable.
        """
        if self._shared.of_thread is not None:
            yield
            return
        shared = self._shared.of_thread = SharedState(self._connections)
        with self._translated:
            try:
                yield
            except BaseException as error:
                self._shared.of_thread = None
                shared.end(error)
                raise
            self._shared.of_thread = None
            shared.end()

    @contextmanager
    def claim_identity(self, address: str, wait: Callable[[Claim], None] | None = None) -> Iterator[Claim]:
        """Hold a member's identity for this process, and watch that. Raises IdentityInUse when another has it, unless
        ``wait`` takes it as soon as it may be had.
        """
        with claim(self._engine, address, wait) as found:
            self._claim = found
            try:
                yield found
            finally:
                self._claim = None

    def is_served(self, address: str) -> bool:
        """Return whether a process holds the identity at this moment. Raises DatabaseUnavailable."""
        return is_served(self._engine, address)

    def is_new(self) -> bool:
        """Return whether the database has no tables yet. Raises DatabaseUnavailable."""
        with self._translated:
            return is_new(self._engine)

    def migrate(self, address: str | None = None) -> None:
        """Bring the tables up to date, but not under a process of an earlier release that serves ``address``.

        Raises DatabaseUnavailable.
        """
        with self._translated:
            migrate(self._engine, lambda: check_idle(self._engine, address))

    def is_current(self) -> bool:
        """Return whether the tables are this release's; changes nothing. Raises DatabaseUnavailable."""
        with self._translated:
            return is_current(self._engine)

    def server_time(self) -> datetime | None:
        """Return a database server's time; None where the database is a file. Raises DatabaseUnavailable."""
        if self._engine.dialect.name == "sqlite":
            return None
        with self._translated, self._engine.connect() as connection:
            found: datetime | None = connection.scalar(select(func.clock_timestamp()))
            return found

    def try_writing(self, octets: int) -> None:
        """Write so many octets, commit them, and take them away: what a step needs, no more and no less.

        Raises as `transaction` does. An answer to reading, or an empty step, says nothing of a disk that is full or a
        server that has become a standby.
        """
        filler = secrets.token_urlsafe(octets * 3 // 4 + 1)  # nothing that a database could make smaller
        with self.transaction() as tx:
            tx.set_meta(_FILLER, filler)
        with self.transaction() as tx:
            tx.set_meta(_FILLER, "")

    def ping(self) -> None:
        """Raise DatabaseUnavailable when the database does not answer."""
        ping(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._connections.close()
        self._engine.dispose()
