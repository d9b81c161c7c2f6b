"""Opening a database: SQLite with full durability, PostgreSQL with a schema a member; errors told as ours."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url, text
from sqlalchemy.engine import URL
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random

from exchange.errors import Conflict, DatabaseUnavailable

_WRITES = "exchange_writes"
_BUSY_MS = 15_000
_PAGE = 16_384
"""Octets a page of an SQLite file: a sealed document of a few kilobytes then lies within one."""


def open_engine(url: str, member: str) -> Engine:
    """An engine for a member's database. Raises DatabaseUnavailable for a URL that cannot be one."""
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        raise DatabaseUnavailable("the database URL cannot be read") from error
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(parsed.set(drivername="postgresql+psycopg"), schema_of(member))
    raise DatabaseUnavailable(f"{parsed.get_backend_name()} is not supported", mend="use sqlite:/// or postgresql://")


def schema_of(member: str) -> str:
    """The PostgreSQL schema of a member: readable, short enough to be a name, and no other member's."""
    name = "m_" + re.sub(r"[^a-z0-9]", "_", member.replace("-", "__"))
    return name if len(name) <= 50 else f"{name[:40]}_{hashlib.sha256(member.encode()).hexdigest()[:8]}"


def writing(engine: Engine) -> Connection:
    """A connection whose transaction takes the write lock at its beginning, so that it cannot fail half-way."""
    return engine.connect().execution_options(**{_WRITES: True})


def reading(engine: Engine) -> Connection:
    """A connection whose transaction sees one state from beginning to end and changes nothing."""
    if engine.dialect.name == "sqlite":
        return engine.connect()
    return engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


@contextmanager
def translated() -> Iterator[None]:
    """Turns the driver's errors into ours; their text never carries statement parameters or the URL."""
    try:
        yield
    except exc.IntegrityError as error:
        raise Conflict("the record exists already", code="duplicate", mend="look at what is on record") from error
    except exc.OperationalError as error:
        raise DatabaseUnavailable(f"the database cannot be used: {_reason(error)}") from error
    except exc.DBAPIError as error:
        # A bare DatabaseError is how SQLite says that the file is damaged or no database.
        if error.connection_invalidated or isinstance(error, exc.InterfaceError) or type(error) is exc.DatabaseError:
            raise DatabaseUnavailable(f"the database went away: {_reason(error)}") from error
        raise
    except exc.TimeoutError as error:
        raise DatabaseUnavailable("no connection to the database became free") from error


def _reason(error: exc.DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0][:200] if str(error.orig).strip() else type(error.orig).__name__


def _make_file(path: Path) -> None:
    """Its owner's alone; SQLite makes the files beside it likewise."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise DatabaseUnavailable(f"{path} cannot be made: {error.strerror}") from error


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        _make_file(Path(url.database))
    engine = create_engine(url, pool_size=8, max_overflow=8, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for pragma in (f"busy_timeout={_BUSY_MS}", f"page_size={_PAGE}", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()
        _keep_a_log(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@retry(
    retry=retry_if_exception_type(sqlite3.OperationalError),
    wait=wait_random(0.01, 0.05),
    stop=stop_after_delay(_BUSY_MS / 1000),
    reraise=True,
)
def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Turns write-ahead logging on; of several that open a new file at once, SQLite lets one and refuses the others."""
    connection.execute("PRAGMA journal_mode=WAL").close()


def _postgresql(url: URL, schema: str) -> Engine:
    settings = f"-csearch_path={schema} -clock_timeout={_BUSY_MS}"
    options = {"options": settings, "connect_timeout": 10, "application_name": "yizhan"}
    engine = create_engine(
        url, pool_size=8, max_overflow=8, pool_pre_ping=True, hide_parameters=True, connect_args=options
    )

    @event.listens_for(engine, "first_connect")
    def make_schema(connection: Any, record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (lock_key(f"schema:{schema}"),))
            cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        connection.commit()

    @event.listens_for(engine, "begin")
    def take_turns(connection: Connection) -> None:
        # As on SQLite, a member's writers follow one another: a step may rely on what it has read.
        if connection.get_execution_options().get(_WRITES):
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key(f"writer:{schema}")})

    return engine


def lock_key(name: str) -> int:
    """A PostgreSQL advisory lock's number for a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def ping(engine: Engine) -> None:
    """Raises DatabaseUnavailable when the database does not answer."""
    with translated(), engine.connect() as connection:
        connection.execute(text("SELECT 1"))
