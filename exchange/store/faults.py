"""What the databases' drivers complain of, as errors of ours with what to do: one table for each of them.

Drivers quote what they were given, so a complaint is shown without the password; of statements, without parameters.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from sqlalchemy import Engine, exc

from exchange.errors import Conflict, DatabaseUnavailable
from exchange.urls import secrets_in, without

_Entry = tuple[str, str]
"""What it is, and what to do."""

SCHEMA = "schema_name"
"""The execution option of an engine that names its member's schema."""

_URL = "EXCHANGE_DATABASE_URL"

STANDBY = (
    "this server is a standby, or set to read only",
    f"let {_URL} lead to the primary; for several servers write all hosts and target_session_attrs=read-write",
)
PRIVILEGE = (
    "the role of the exchange lacks a privilege",
    "as the database's administrator: GRANT USAGE, CREATE ON SCHEMA {schema} TO {user}, and make {user} the owner of "
    'its tables; where it is to make its schema itself, GRANT CREATE ON DATABASE "{database}" TO {user}',
)
_PASSWORD = ("user or password is wrong", f"correct user and password in {_URL}; special characters are escaped (%40)")
_HBA = (
    "the server does not let this account in from here",
    "add a line for it to the server's pg_hba.conf, or add sslmode=require where the server wants TLS",
)
_NO_DATABASE = ("there is no such database", "CREATE DATABASE on the server, or correct the name in " + _URL)
_TOO_MANY = (
    "the server has no connection left",
    "raise max_connections (16 for each served member and for the console), or put a pool before it (session pooling)",
)
_STARTING = ("the server is starting or stopping", "wait until it is up; served members go on by themselves")
_DISK = ("the database's disk is full", "make room on it; nothing is lost, what waits is taken in then")
_TABLES = ("its tables are missing or of another release", "run `exchange init` with this release")
_DAMAGED = ("the database is damaged", "keep a copy of it as it is, then restore the backup")
_BUSY = ("the database is locked by somebody else for too long", "end what holds it: a backup, a shell, a long query")
_REFUSED = ("no server listens there", f"start the database server, or correct host and port in {_URL}")
_NO_HOST = ("the host's name cannot be resolved", f"correct the host in {_URL}, or the machine's name service")
_SILENT = ("the server does not answer", f"check that what listens at {_URL} is the database server, and its firewall")
_GONE = ("the server broke the connection off", f"look at the server's log, and whether {_URL} leads to it")
_NO_POSTGRES = (
    "what listens there does not speak as PostgreSQL does",
    f"correct host and port in {_URL}, or look at the server's log",
)
_TLS = (
    "TLS is wanted on one side and not had on the other, or the certificate is not trusted",
    f"set sslmode in {_URL} (require, verify-full with sslrootcert=FILE, or disable), and look at the server's "
    "certificate: its host names and its term",
)

SQLSTATES: dict[str, _Entry] = {
    "25006": STANDBY,
    "42501": PRIVILEGE,
    "3F000": PRIVILEGE,
    "28P01": _PASSWORD,
    "28000": _HBA,
    "3D000": _NO_DATABASE,
    "53300": _TOO_MANY,
    "57P03": _STARTING,
    "57P01": _STARTING,
    "57P02": _STARTING,
    "53100": _DISK,
    "53200": ("the database server is out of memory", "give it more, or let it do less else"),
    "55P03": _BUSY,
    "57014": _BUSY,
    "40P01": _BUSY,
    "42P01": _TABLES,
    "42703": _TABLES,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
    "58030": ("the server cannot read or write its disk", "look at the server's log and its disk"),
}
"""PostgreSQL's own codes (its manual, appendix A)."""

_SAID: Sequence[tuple[Sequence[str], _Entry]] = (
    (("password authentication failed",), _PASSWORD),
    (("no password supplied",), _PASSWORD),
    (("pg_hba.conf",), _HBA),
    (("does not exist", "database"), _NO_DATABASE),
    (("does not exist", "role"), _PASSWORD),
    (("too many clients",), _TOO_MANY),
    (("remaining connection slots",), _TOO_MANY),
    (("too many connections",), _TOO_MANY),
    (("starting up",), _STARTING),
    (("shutting down",), _STARTING),
    (("not yet accepting connections",), _STARTING),
    (("session is read-only",), STANDBY),
    (("invalid response",), _NO_POSTGRES),
    (("but received",), _NO_POSTGRES),
    (("unexpected response",), _NO_POSTGRES),
    (("certificate",), _TLS),
    (("ssl",), _TLS),
    (("could not translate host name",), _NO_HOST),
    (("resolve",), _NO_HOST),
    (("refused",), _REFUSED),
    (("no such file or directory",), _REFUSED),
    (("timeout",), _SILENT),
    (("timed out",), _SILENT),
    (("closed the connection unexpectedly",), _GONE),
    (("connection is lost",), _GONE),
    (("eof detected",), _GONE),
)
"""Of connections that did not come about, libpq keeps the words alone; the first whose words are all there counts."""

SQLITE: dict[str, _Entry] = {
    "SQLITE_NOTADB": ("the file is no SQLite database", "restore it from the backup; do not delete it unseen"),
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_FULL": _DISK,
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_READONLY": (
        "the file or its folder may not be written",
        "give both, and the files beside it (-wal, -shm), to the user that runs the exchange",
    ),
    "SQLITE_PERM": ("the file may not be used", "give it to the user that runs the exchange"),
    "SQLITE_CANTOPEN": (
        "the file cannot be opened",
        "check that its folder exists and belongs to the user that runs the exchange, and that it is a file",
    ),
    "SQLITE_IOERR": ("its disk cannot be read or written", "look at the disk: is it full, gone, or a network's?"),
    "SQLITE_ERROR": _TABLES,
}
"""SQLite's result codes; extended ones (SQLITE_IOERR_WRITE) go by the code that they begin with."""

_ELSE = ("the database cannot be used", f"check {_URL}, that the server runs and that its disk has room")


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Turns drivers' complaints into errors of ours. What only a mistake of ours can cause goes on as it is."""
    try:
        yield
    except exc.IntegrityError as error:
        raise Conflict("the record exists already", code="duplicate", remedy="look at what is on record") from error
    except exc.DBAPIError as error:
        found = _told(error.orig, engine, gone=error.connection_invalidated)
        if found is None:
            raise
        raise found from error
    except (psycopg.Error, sqlite3.Error) as error:  # of what is done before SQLAlchemy looks: connecting
        raise _told(error, engine, gone=True) or _unavailable(_ELSE, error, engine) from error
    except exc.TimeoutError as error:
        raise DatabaseUnavailable("no connection to the database became free", remedy=_TOO_MANY[1]) from error


def _told(error: BaseException | None, engine: Engine, *, gone: bool) -> DatabaseUnavailable | None:
    entry = _entry(error)
    ours = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | sqlite3.OperationalError)
    bare = type(error) in (sqlite3.DatabaseError, psycopg.DatabaseError)
    if entry is None and not (gone or ours or bare):
        return None
    return _unavailable(entry or _ELSE, error, engine)


def _entry(error: BaseException | None) -> _Entry | None:
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", None) or ""
        return next((entry for code, entry in SQLITE.items() if name == code or name.startswith(f"{code}_")), None)
    state = getattr(error, "sqlstate", None)
    if state in SQLSTATES:
        return SQLSTATES[state]
    said = str(error).lower()
    return next((entry for words, entry in _SAID if all(word in said for word in words)), None)


def _unavailable(entry: _Entry, error: BaseException | None, engine: Engine) -> DatabaseUnavailable:
    what, remedy = entry
    url = engine.url
    names = {
        "schema": f'"{engine.get_execution_options().get(SCHEMA, "of the member")}"',
        "user": f'"{url.username or "the role"}"',
        "database": url.database or "",
    }
    for name, value in names.items():
        remedy = remedy.replace(f"{{{name}}}", value)
    return DatabaseUnavailable(
        "the database cannot be used: {what} ({error})", remedy=remedy, what=what, error=reason_of(error, engine)
    )


def reason_of(error: BaseException | None, engine: Engine) -> str:
    """The driver's own first line, without anything secret."""
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()] or [type(error).__name__]
    secrets = secrets_in(engine.url.render_as_string(hide_password=False))
    if engine.url.password:
        secrets |= {str(engine.url.password)}
    return without(lines[0], secrets)[:200]
