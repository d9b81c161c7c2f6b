"""A member's database as the flow uses it: one transaction a step."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from exchange.flow.ports import JournalEntry
from exchange.store.alerts import SqlAlerts
from exchange.store.cases import SqlCases
from exchange.store.claim import claim
from exchange.store.collections import SqlCollections
from exchange.store.desk import SqlDesk
from exchange.store.documents import SqlDocuments
from exchange.store.engine import ping, reading, translated, writing
from exchange.store.figures import SqlFigures
from exchange.store.inbox import SqlInbox
from exchange.store.joints import SqlJoints
from exchange.store.many import adding
from exchange.store.migrate import is_current, migrate
from exchange.store.notices import SqlNotices
from exchange.store.outbox import SqlOutbox
from exchange.store.tables import journal, meta
from exchange.store.watches import SqlWatches

_META = select(meta.c.value).where(meta.c.key == bindparam("key"))
_SET_META = update(meta).where(meta.c.key == bindparam("at")).values(value=bindparam("to"))
_ADD_META = insert(meta)
_APPEND = adding(journal, "at", "event", "case_number", "message_id", "detail")


class SqlTransaction:
    """Implements `exchange.flow.ports.Transaction` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._meta: dict[str, str | None] = {}

    @cached_property
    def outbox(self) -> SqlOutbox:
        return SqlOutbox(self._db)

    @cached_property
    def inbox(self) -> SqlInbox:
        return SqlInbox(self._db)

    @cached_property
    def documents(self) -> SqlDocuments:
        return SqlDocuments(self._db)

    @cached_property
    def cases(self) -> SqlCases:
        return SqlCases(self._db)

    @cached_property
    def watches(self) -> SqlWatches:
        return SqlWatches(self._db)

    @cached_property
    def desk(self) -> SqlDesk:
        return SqlDesk(self._db)

    @cached_property
    def notices(self) -> SqlNotices:
        return SqlNotices(self._db)

    @cached_property
    def collections(self) -> SqlCollections:
        return SqlCollections(self._db)

    @cached_property
    def joints(self) -> SqlJoints:
        return SqlJoints(self._db)

    @cached_property
    def figures(self) -> SqlFigures:
        return SqlFigures(self._db)

    @cached_property
    def alerts(self) -> SqlAlerts:
        return SqlAlerts(self._db)

    def journal(self, entries: Sequence[JournalEntry]) -> None:
        rows = [
            {
                "at": entry.at,
                "event": entry.event,
                "case_number": entry.case_number,
                "message_id": entry.message_id,
                "detail": json.dumps(dict(entry.detail), ensure_ascii=False, default=str),
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

    def get_meta(self, key: str) -> str | None:
        if key not in self._meta:
            self._meta[key] = self._db.scalar(_META, {"key": key})
        return self._meta[key]

    def set_meta(self, key: str, value: str) -> None:
        if not self._db.execute(_SET_META, {"at": key, "to": value}).rowcount:
            self._db.execute(_ADD_META, {"key": key, "value": value})
        self._meta[key] = value


class SqlStore:
    """Implements `exchange.flow.ports.Store`. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """Writes; commits on leaving, rolls back on any exception. Raises DatabaseUnavailable or Conflict."""
        with self._one_writer(), translated(), writing(self._engine) as connection, connection.begin():
            yield SqlTransaction(connection)

    @contextmanager
    def reading(self) -> Iterator[SqlTransaction]:
        """Reads a consistent state; never blocks a writer. Raises DatabaseUnavailable."""
        with translated(), reading(self._engine) as connection, connection.begin():
            yield SqlTransaction(connection)

    @contextmanager
    def claim_identity(self, address: str) -> Iterator[None]:
        """Holds a member's identity for this process. Raises IdentityInUse when another process has it."""
        with claim(self._engine, address):
            yield

    def migrate(self) -> None:
        """Brings the tables up to date. Raises DatabaseUnavailable."""
        with translated():
            migrate(self._engine)

    def is_current(self) -> bool:
        """Whether the tables are this release's; changes nothing. Raises DatabaseUnavailable."""
        with translated():
            return is_current(self._engine)

    def ping(self) -> None:
        """Raises DatabaseUnavailable when the database does not answer."""
        ping(self._engine)

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        """SQLite has one writer; threads of this process queue here in order rather than poll the file's lock."""
        if self._turn is None:
            yield
            return
        with self._turn:
            yield
