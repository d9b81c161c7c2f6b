"""Opening a database: SQLite with full durability, PostgreSQL with a schema a member; errors told as ours."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url, text
from sqlalchemy.engine import URL
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random

from exchange.errors import BadConfiguration, DatabaseUnavailable, FileUnusable
from exchange.machine.files import make_folder, open_file, unusable
from exchange.machine.urls import check_url
from exchange.store.faults import SCHEMA, translated
from exchange.store.timelines import check_timeline

_WRITES = "exchange_writes"
_LASTING = "exchange_lasting"
_SCHEMES = ("postgresql", "postgresql+psycopg", "sqlite")
_BUSY_MS = 15_000
_PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""Seconds for a connection to come about; a server that vanished without a word is noticed within half a minute."""
_PAGE = 16_384
"""Octets a page of an SQLite file: a sealed document of a few kilobytes then lies within one."""


def open_engine(url: str, member: str) -> Engine:
    """Open an engine for a member's database. Raises DatabaseUnavailable for a URL that cannot be one."""
    check_database_url(url)
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(parsed.set(drivername="postgresql+psycopg"), schema_of(member))
    raise AssertionError("the schemes are those of check_database_url")


def is_server(url: str | None) -> bool:
    """Return whether a URL is a database server's; without one, or with SQLite's, records are in files."""
    return url is not None and not url.startswith("sqlite")


def check_database_url(url: str) -> None:
    """Raise DatabaseUnavailable for a URL that names no database, quoting nothing of it."""
    try:
        check_url("EXCHANGE_DATABASE_URL", url, _SCHEMES, "postgresql://user:password@host:port/database")
        make_url(url)
    except BadConfiguration as error:
        raise DatabaseUnavailable(error.text, remedy=error.remedy_text) from None
    except (exc.ArgumentError, ValueError):
        raise DatabaseUnavailable("the database URL cannot be read") from None


def schema_of(member: str) -> str:
    """Return the name of a member's PostgreSQL schema: readable, short enough to be a name, and no other member's."""
    name = "m_" + re.sub(r"[^a-z0-9]", "_", member.replace("-", "__"))
    return name if len(name) <= 50 else f"{name[:40]}_{hashlib.sha256(member.encode()).hexdigest()[:8]}"


def writing(engine: Engine) -> Connection:
    """Open a connection whose transaction takes the write lock at its beginning, so that it cannot fail half-way."""
    return engine.connect().execution_options(**{_WRITES: True})


def lasting(engine: Engine) -> Connection:
    """Open a connection whose transactions are begun and ended by its driver, with one of `beginnings`."""
    found = engine.connect().execution_options(**{_LASTING: True})
    return found if engine.dialect.name == "sqlite" else found.execution_options(isolation_level="AUTOCOMMIT")


def beginnings(engine: Engine) -> tuple[str, str]:
    """Return what begins a transaction that sees one state and changes nothing, and one as `writing` opens it."""
    if engine.dialect.name == "sqlite":
        return "BEGIN", "BEGIN IMMEDIATE"
    begin = f"BEGIN; SELECT pg_advisory_xact_lock({turn_key(engine)})"
    return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", begin


def _make_file(path: Path) -> None:
    """Its owner's alone; SQLite makes the files beside it likewise."""
    try:
        make_folder(path.parent, 0o700)
        if not path.exists():
            open_file(path, "ab").close()
    except FileUnusable as error:
        raise DatabaseUnavailable(
            "{path} cannot be made: {error}", remedy=error.remedy, path=path, error=error
        ) from error
    except OSError as error:
        fault = unusable(error, path)
        raise DatabaseUnavailable(
            "{path} cannot be made: {reason}", remedy=fault.remedy, path=path, reason=error.strerror
        ) from error


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
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
        options = connection.get_execution_options()
        if _LASTING in options:
            return
        said = "BEGIN IMMEDIATE" if options.get(_WRITES) else "BEGIN"
        cursor: Any = connection.connection.cursor()
        try:
            cursor.execute(said)
        except BaseException as error:
            connection._handle_dbapi_exception(error, said, None, cursor, None)
        finally:
            cursor.close()

    return engine


def spill_into(folder: Path) -> None:
    """Have SQLite keep its temporary files in a folder: it has looked for one when it was loaded, and not since."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA temp_store_directory='{}'".format(str(folder).replace("'", "''"))).close()


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
    settings = f"{_given_options(url)} -csearch_path={schema} -clock_timeout={_BUSY_MS}".strip()
    options = {"options": settings, "application_name": "yizhan", **_PATIENCE}
    given = {name: value for name, value in options.items() if name == "options" or name not in url.query}
    engine = create_engine(
        url, pool_size=8, max_overflow=8, pool_pre_ping=True, hide_parameters=True, connect_args=given,
        execution_options={SCHEMA: schema},
    )  # fmt: skip

    @event.listens_for(engine, "connect")
    def look_at_server(connection: Any, record: Any) -> None:
        check_timeline(connection)

    @event.listens_for(engine, "first_connect")
    def make_schema(connection: Any, record: Any) -> None:
        try:
            with connection.cursor() as cursor:
                _make_schema(cursor, schema)
            connection.commit()
        except BaseException:
            connection.rollback()
            raise

    @event.listens_for(engine, "begin")
    def take_turns(connection: Connection) -> None:
        # As on SQLite, a member's writers follow one another: a step may rely on what it has read.
        if connection.get_execution_options().get(_WRITES):
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": turn_key(engine)})

    return engine


def _given_options(url: URL) -> str:
    found = url.query.get("options", "")
    return found if isinstance(found, str) else " ".join(found)


def _make_schema(cursor: Any, schema: str) -> None:
    """Makes the schema unless it is there: an administrator may have made it, and given no right to make others."""
    query = "SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = %s"
    found = cursor.execute(query, (schema,)).fetchone()
    if found is None:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (lock_key(f"schema:{schema}"),))
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    elif not found[0]:
        from psycopg.errors import InsufficientPrivilege

        raise InsufficientPrivilege(f"permission denied for schema {schema}")


def turn_key(engine: Engine) -> int:
    """Return the number of the lock that a member's writers on PostgreSQL take turns by."""
    return lock_key(f"writer:{engine.get_execution_options()[SCHEMA]}")


def lock_key(name: str) -> int:
    """Return the number of the PostgreSQL advisory lock for a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def ping(engine: Engine) -> None:
    """Raise DatabaseUnavailable when the database does not answer."""
    with translated(engine), engine.connect() as connection:
        connection.execute(text("SELECT 1"))
