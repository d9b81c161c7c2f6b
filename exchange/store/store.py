"""A member's database as the flow uses it: one transaction a step."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from types import TracebackType

from sqlalchemy import Connection, Engine, bindparam, func, insert, select, update

from exchange.flow.ports import JournalEntry
from exchange.store.accounts import SqlAccounts
from exchange.store.alerts import SqlAlerts
from exchange.store.api_console import SqlTokens, SqlWebhooks
from exchange.store.api_member import SqlGivenAnswers, SqlLeases, SqlPages
from exchange.store.audit_log import SqlAuditLog
from exchange.store.cases import SqlCases
from exchange.store.claim import Claim, claim, is_served
from exchange.store.collections import SqlCollections
from exchange.store.conservation import SqlMessageFacts
from exchange.store.dead import SqlDead
from exchange.store.desk import SqlDesk
from exchange.store.documents import SqlDocuments
from exchange.store.engine import ping, reading, writing
from exchange.store.faults import translated
from exchange.store.figures import SqlFigures
from exchange.store.gauges import SqlGauges
from exchange.store.holds import SqlHolds
from exchange.store.inbox import SqlInbox
from exchange.store.joints import SqlJoints
from exchange.store.many import adding
from exchange.store.migrate import is_current, is_new, migrate
from exchange.store.notices import SqlNotices
from exchange.store.outbox import SqlOutbox
from exchange.store.sight import SqlSight
from exchange.store.tables import journal, meta
from exchange.store.troubles import SqlTroubles
from exchange.store.watches import SqlWatches

_FILLER = "filler"
"""Meta key of what `SqlStore.try_writing` writes."""

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
    def accounts(self) -> SqlAccounts:
        return SqlAccounts(self._db)

    @cached_property
    def audit_log(self) -> SqlAuditLog:
        return SqlAuditLog(self._db)

    @cached_property
    def joints(self) -> SqlJoints:
        return SqlJoints(self._db)

    @cached_property
    def figures(self) -> SqlFigures:
        return SqlFigures(self._db)

    @cached_property
    def gauges(self) -> SqlGauges:
        return SqlGauges(self._db)

    @cached_property
    def dead(self) -> SqlDead:
        return SqlDead(self._db)

    @cached_property
    def holds(self) -> SqlHolds:
        return SqlHolds(self._db)

    @cached_property
    def sight(self) -> SqlSight:
        return SqlSight(self._db)

    @cached_property
    def message_facts(self) -> SqlMessageFacts:
        return SqlMessageFacts(self._db)

    @cached_property
    def answers(self) -> SqlGivenAnswers:
        return SqlGivenAnswers(self._db)

    @cached_property
    def leases(self) -> SqlLeases:
        return SqlLeases(self._db)

    @cached_property
    def pages(self) -> SqlPages:
        return SqlPages(self._db)

    @cached_property
    def tokens(self) -> SqlTokens:
        return SqlTokens(self._db)

    @cached_property
    def webhooks(self) -> SqlWebhooks:
        return SqlWebhooks(self._db)

    @cached_property
    def troubles(self) -> SqlTroubles:
        return SqlTroubles(self._db)

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

    def recent_journal(self, limit: int = 200) -> list[JournalEntry]:
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


class SqlStore:
    """Implements `exchange.flow.ports.Store`. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock() if engine.dialect.name == "sqlite" else None
        self._log = f"{engine.url.database}-wal" if engine.dialect.name == "sqlite" else None
        self._claim: Claim | None = None

    def __enter__(self) -> SqlStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def mark(self) -> object | None:
        """Of SQLite its log's length and time of change, which every commit moves."""
        if self._log is None:
            return None
        try:
            found = os.stat(self._log)
        except OSError:
            return None
        return found.st_size, found.st_mtime_ns

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """Writes; commits on leaving, rolls back on any exception. Raises DatabaseUnavailable or Conflict.

        While the identity is claimed here, raises IdentityLost once another process has it.
        """
        with self._one_writer(), translated(self._engine), writing(self._engine) as connection, connection.begin():
            if self._claim is not None:
                self._claim.check(connection)
            yield SqlTransaction(connection)

    @contextmanager
    def reading(self) -> Iterator[SqlTransaction]:
        """Reads a consistent state; never blocks a writer. Raises DatabaseUnavailable."""
        with translated(self._engine), reading(self._engine) as connection, connection.begin():
            yield SqlTransaction(connection)

    @contextmanager
    def claim_identity(self, address: str) -> Iterator[Claim]:
        """Holds a member's identity for this process, and watches that. Raises IdentityInUse when another has it."""
        with claim(self._engine, address) as found:
            self._claim = found
            try:
                yield found
            finally:
                self._claim = None

    def is_served(self, address: str) -> bool:
        """Whether a process holds the identity at this moment. Raises DatabaseUnavailable."""
        return is_served(self._engine, address)

    def is_new(self) -> bool:
        """Whether it has no tables yet. Raises DatabaseUnavailable."""
        with translated(self._engine):
            return is_new(self._engine)

    def migrate(self) -> None:
        """Brings the tables up to date. Raises DatabaseUnavailable."""
        with translated(self._engine):
            migrate(self._engine)

    def is_current(self) -> bool:
        """Whether the tables are this release's; changes nothing. Raises DatabaseUnavailable."""
        with translated(self._engine):
            return is_current(self._engine)

    def server_time(self) -> datetime | None:
        """What the clock of a database server says; None where the database is a file. Raises DatabaseUnavailable."""
        if self._engine.dialect.name == "sqlite":
            return None
        with translated(self._engine), self._engine.connect() as connection:
            found: datetime | None = connection.scalar(select(func.clock_timestamp()))
            return found

    def try_writing(self, octets: int) -> None:
        """Writes so many octets, commits them, and takes them away: what a step needs, no more and no less.

        Raises as `transaction` does. An answer to reading, or an empty step, says nothing of a disk that is full or a
        server that has become a standby.
        """
        filler = secrets.token_urlsafe(octets * 3 // 4 + 1)  # nothing that a database could make smaller
        with self.transaction() as tx:
            tx.set_meta(_FILLER, filler)
        with self.transaction() as tx:
            tx.set_meta(_FILLER, "")

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
