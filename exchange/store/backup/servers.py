"""Schemas of a PostgreSQL server: held by one exported snapshot, written by pg_dump, put back by pg_restore.

PostgreSQL's own programs do it, which every server's administrators know; they must be of the server's release or a
later one. The password goes to them in a file of this process alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import create_engine, make_url

from exchange.errors import BadBackup, DatabaseLost, DatabaseUnavailable
from exchange.language import Text
from exchange.store.backup.snapshots import DatabaseFacts, Progress, facts_by
from exchange.store.engine import schema_of
from exchange.store.faults import translated

_INSTALL = "install PostgreSQL's client programs, of the server's release or a later one (postgresql-client)"
_ACCOUNT = "let EXCHANGE_DATABASE_URL name the account that owns the database, for this one command"
_HAS = "SELECT to_regclass(format('%%I.%%I', %s::text, %s::text)) IS NOT NULL"


class ServerSnapshots:
    """One moment of a database server; each member under its own role, all in the snapshot of the first."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._shared: str | None = None

    def __enter__(self) -> ServerSnapshots:
        _program("pg_dump")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def open(self, url: str, address: str) -> SchemaSnapshot:
        """Hold a member's schema. Raises DatabaseUnavailable or DatabaseLost."""
        connection = self._stack.enter_context(_connected(url))
        with _told(address):
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            if self._shared is None:
                (self._shared,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
            else:
                connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(self._shared)))
            if not _has(connection, schema_of(address), "alembic_version"):
                raise DatabaseLost(address, Text("the one that is set has no tables"))
        return SchemaSnapshot(connection, url, address, self._shared)


class SchemaSnapshot:
    """A member's schema as it was when the snapshot was taken."""

    def __init__(self, connection: psycopg.Connection, url: str, address: str, shared: str) -> None:
        self._db, self._url, self._address, self._shared = connection, url, address, shared

    def facts(self) -> DatabaseFacts:
        with _told(self._address):
            return _facts(self._db, schema_of(self._address))

    def copy(self, to: Path, progress: Progress) -> None:
        words = (f'--schema="{schema_of(self._address)}"', f"--snapshot={self._shared}", "--format=custom",
                 "--no-owner", "--no-privileges", "--no-sync", f"--file={to}")  # fmt: skip
        progress(0, 1)
        _run("pg_dump", self._url, words)
        os.chmod(to, 0o600)
        check_dump(to)
        progress(1, 1)


def check_dump(path: Path) -> None:
    """Have pg_restore read a dump's list of contents. Raises BadBackup."""
    _contents(path)


def facts_of_schema(url: str, address: str) -> DatabaseFacts | None:
    """Look into a member's schema; None where it has no tables. Raises DatabaseUnavailable."""
    schema = schema_of(address)
    with _connected(url) as connection, _told(address):
        return _facts(connection, schema) if _has(connection, schema, "alembic_version") else None


def account_of(url: str) -> str | None:
    """Return the account that a URL names."""
    return make_url(url).username


def name_schema(url: str, schema: str, name: str) -> None:
    """Give a schema another name; what is in it stays as it is. Raises DatabaseUnavailable."""
    with _connected(url) as connection, _told(schema):
        names = sql.Identifier(schema), sql.Identifier(name)
        connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(*names))


def drop_schema(url: str, schema: str) -> None:
    """Take away a schema, with all that was just put there. Raises DatabaseUnavailable."""
    with _connected(url) as connection, _told(schema):
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


def make_schema(url: str, schema: str, role: str | None) -> None:
    """Make a schema where there is none, for a role or for the account of the URL. Raises DatabaseUnavailable."""
    with _connected(url) as connection, _told(schema):
        found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone()
        if found is None:  # an administrator may have made it, and given no right to make others
            owner = sql.SQL(" AUTHORIZATION {}").format(sql.Identifier(role)) if role is not None else sql.SQL("")
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)) + owner)


def put_back_schema(url: str, dump: Path) -> None:
    """Make tables in a schema, with what was in them; all of it or nothing. Raises BadBackup or DatabaseUnavailable."""
    kept = [line for line in _contents(dump).splitlines() if not _makes_schema(line)]
    with tempfile.NamedTemporaryFile("w", prefix="yizhan-list-") as chosen:
        chosen.write("\n".join(kept) + "\n")
        chosen.flush()
        words = ("--no-owner", "--no-privileges", "--single-transaction", f"--use-list={chosen.name}", str(dump))
        _run("pg_restore", url, words)


def _makes_schema(line: str) -> bool:
    """Whether a line of the list is the schema itself, or what is said of it."""
    words = line.split(";", 1)[-1].split()
    return words[2:3] == ["SCHEMA"] or words[2:5] == ["COMMENT", "-", "SCHEMA"]


def _contents(path: Path) -> str:
    done = subprocess.run(
        [_program("pg_restore"), "--list", str(path)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env=_environment(),
    )  # fmt: skip
    if done.returncode:
        raise BadBackup("{path} is damaged: {said}", path=path, said=done.stderr.strip()[-500:])
    return done.stdout


def _facts(connection: psycopg.Connection, schema: str) -> DatabaseFacts:
    connection.execute(
        sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(schema))
        if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE
        else sql.SQL("SET search_path = {}").format(sql.Identifier(schema))
    )
    ask: Any = lambda statement: connection.execute(statement).fetchone()  # noqa: E731
    return facts_by(ask, lambda name: _has(connection, schema, name))


def _has(connection: psycopg.Connection, schema: str, table: str) -> bool:
    found = connection.execute(_HAS, (schema, table)).fetchone()
    return bool(found and found[0])


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    """A connection that begins no transaction by itself. Raises DatabaseUnavailable."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), hide_parameters=True)
    try:
        with translated(engine), engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.set_autocommit(True)
            yield driver
            connection.invalidate()
    finally:
        engine.dispose()


@contextmanager
def _told(address: str) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise DatabaseUnavailable(
            "the database of {address}: {reason}",
            remedy=_ACCOUNT if isinstance(error, psycopg.errors.InsufficientPrivilege) else "",
            address=address,
            reason=str(error).strip(),
        ) from error


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise DatabaseUnavailable("{name} is not on this machine", remedy=_INSTALL, name=name)
    return found


def _run(name: str, url: str, words: Sequence[str]) -> None:
    """Run one of PostgreSQL's programs on a database. Raises DatabaseUnavailable with what it says."""
    parsed = make_url(url).set(drivername="postgresql+psycopg")
    _, given = parsed.get_dialect()().create_connect_args(parsed)
    password = given.pop("password", None)
    with ExitStack() as stack:
        environment = _environment()
        if password is not None:
            file = stack.enter_context(tempfile.NamedTemporaryFile("w", prefix="yizhan-pass-"))  # its owner's alone
            file.write("*:*:*:*:" + str(password).replace("\\", "\\\\").replace(":", "\\:") + "\n")
            file.flush()
            environment["PGPASSFILE"] = file.name
        done = subprocess.run(
            [_program(name), f"--dbname={make_conninfo(**given)}", "--no-password", *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip()[-800:]
        remedy = _INSTALL if "server version" in said else "see what it says, then do the same again"
        raise DatabaseUnavailable("{name} failed: {said}", remedy=remedy, name=name, said=said)


def _environment() -> dict[str, str]:
    """What these programs need: nothing of ours, which may name an administrator's account."""
    return {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")} | {"LC_ALL": "C"}
