"""What the databases' drivers complain of, as errors of ours with what to do: one table for each of them.

Drivers quote what they were given, so a complaint is shown without the password; of statements, without parameters.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType

from sqlalchemy import Engine, exc

from exchange.errors import Conflict, DatabaseUnavailable, ExchangeError
from exchange.language import Text, noted
from exchange.machine.urls import secrets_in, without
from exchange.store.turns import NoTurn

_Entry = tuple[str, str]
"""What it is, and what to do."""

SCHEMA = "schema_name"
"""The execution option of an engine that names its member's schema."""

STANDBY = (
    noted("this server is a standby, or set to read only"),
    noted(
        "let EXCHANGE_DATABASE_URL lead to the primary; for several servers write all hosts and "
        "target_session_attrs=read-write"
    ),
)
PRIVILEGE = (
    noted("the role of the exchange lacks a privilege"),
    noted(
        "as the database's administrator: GRANT USAGE, CREATE ON SCHEMA {schema} TO {user}, and make {user} the "
        "owner of "
        'its tables; where it is to make its schema itself, GRANT CREATE ON DATABASE "{database}" TO {user}'
    ),
)
_PASSWORD = (
    noted("user or password is wrong"),
    noted("correct user and password in EXCHANGE_DATABASE_URL; special characters are escaped (%40)"),
)
_HBA = (
    noted("the server does not let this account in from here"),
    noted("add a line for it to the server's pg_hba.conf, or add sslmode=require where the server wants TLS"),
)
_NO_DATABASE = (
    noted("there is no such database"),
    noted("CREATE DATABASE on the server, or correct the name in EXCHANGE_DATABASE_URL"),
)
_TOO_MANY = (
    noted("the server has no connection left"),
    noted(
        "raise max_connections (16 for each served member and for the console), or put a pool before it "
        "(session pooling)"
    ),
)
_STARTING = (
    noted("the server is starting or stopping"),
    noted("wait until it is up; served members go on by themselves"),
)
_DISK = (noted("the database's disk is full"), noted("make room on it; nothing is lost, what waits is taken in then"))
_TABLES = (noted("its tables are missing or of another release"), noted("run `exchange init` with this release"))
_DAMAGED = (noted("the database is damaged"), noted("keep a copy of it as it is, then restore the backup"))
_BUSY = (
    noted("the database is locked by somebody else for too long"),
    noted("end what holds it: a backup, a shell, a long query"),
)
_REFUSED = (
    noted("no server listens there"),
    noted("start the database server, or correct host and port in EXCHANGE_DATABASE_URL"),
)
_NO_HOST = (
    noted("the host's name cannot be resolved"),
    noted("correct the host in EXCHANGE_DATABASE_URL, or the machine's name service"),
)
_SILENT = (
    noted("the server does not answer"),
    noted("check that what listens at EXCHANGE_DATABASE_URL is the database server, and its firewall"),
)
_GONE = (
    noted("the server broke the connection off"),
    noted("look at the server's log, and whether EXCHANGE_DATABASE_URL leads to it"),
)
_NO_POSTGRES = (
    noted("what listens there does not speak as PostgreSQL does"),
    noted("correct host and port in EXCHANGE_DATABASE_URL, or look at the server's log"),
)
_TLS = (
    noted("TLS is wanted on one side and not had on the other, or the certificate is not trusted"),
    noted(
        "set sslmode in EXCHANGE_DATABASE_URL (require, verify-full with sslrootcert=FILE, or disable), and look at "
        "the server's "
        "certificate: its host names and its term"
    ),
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
    "53200": (noted("the database server is out of memory"), noted("give it more, or let it do less else")),
    "55P03": _BUSY,
    "57014": _BUSY,
    "40P01": _BUSY,
    "42P01": _TABLES,
    "42703": _TABLES,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
    "58030": (noted("the server cannot read or write its disk"), noted("look at the server's log and its disk")),
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
    (("认证失败",), _PASSWORD),
    (("不存在", "数据库"), _NO_DATABASE),
    (("不存在", "角色"), _PASSWORD),
    (("太多的客户",), _TOO_MANY),
    (("连接太多",), _TOO_MANY),
    (("数据库系统启动中",), _STARTING),
    (("数据库系统停止中",), _STARTING),
    (("管理员命令中断",), _STARTING),
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
"""Of connections that did not come about, libpq keeps the words alone; the first whose words are all there counts.

Its own are English; those of the server are in the language of its lc_messages.
"""

SQLITE: dict[str, _Entry] = {
    "SQLITE_NOTADB": (
        noted("the file is no SQLite database"),
        noted("restore it from the backup; do not delete it unseen"),
    ),
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_FULL": _DISK,
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_READONLY": (
        noted("the file or its folder may not be written"),
        noted("give both, and the files beside it (-wal, -shm), to the user that runs the exchange"),
    ),
    "SQLITE_PERM": (noted("the file may not be used"), noted("give it to the user that runs the exchange")),
    "SQLITE_CANTOPEN": (
        noted("the file cannot be opened"),
        noted("check that its folder exists and belongs to the user that runs the exchange, and that it is a file"),
    ),
    "SQLITE_IOERR": (
        noted("its disk cannot be read or written"),
        noted("look at the disk: is it full, gone, or a network's?"),
    ),
    "SQLITE_ERROR": _TABLES,
}
"""SQLite's result codes; extended ones (SQLITE_IOERR_WRITE) go by the code that they begin with."""

_ELSE = (
    noted("the database cannot be used"),
    noted("check EXCHANGE_DATABASE_URL, that the server runs and that its disk has room"),
)


def translated(engine: Engine) -> AbstractContextManager[None]:
    """Turn drivers' complaints into errors of ours. What only a mistake of ours can cause goes on as it is."""
    return _Translated(engine)


class _Translated:
    """As often as wanted: it stands around every step, and so is no generator."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            found = _ours(error, self._engine)
            if found is not None:
                raise found from error


def _ours(error: BaseException, engine: Engine) -> ExchangeError | None:
    if isinstance(error, exc.IntegrityError):
        return Conflict("the record exists already", code="duplicate", remedy="look at what is on record")
    if isinstance(error, exc.DBAPIError):
        return _told(error.orig, engine, gone=error.connection_invalidated)
    if isinstance(error, _drivers_errors()):  # of what is done before SQLAlchemy looks: connecting
        return _told(error, engine, gone=True) or _unavailable(_ELSE, error, engine)
    if isinstance(error, NoTurn):
        return _unavailable(_BUSY, error, engine)
    if isinstance(error, exc.TimeoutError):
        return DatabaseUnavailable("no connection to the database became free", remedy=_TOO_MANY[1])
    return None


def _of_postgresql(*names: str) -> tuple[type[Exception], ...]:
    """Errors of PostgreSQL's driver; none where nobody has imported it, for then it has raised none."""
    driver = sys.modules.get("psycopg")
    return () if driver is None else tuple(getattr(driver, name) for name in names)


def _drivers_errors() -> tuple[type[Exception], ...]:
    return (sqlite3.Error, *_of_postgresql("Error"))


def _told(error: BaseException | None, engine: Engine, *, gone: bool) -> DatabaseUnavailable | None:
    entry = _entry(error)
    ours = isinstance(error, (sqlite3.OperationalError, *_of_postgresql("OperationalError", "InterfaceError")))
    bare = type(error) in (sqlite3.DatabaseError, *_of_postgresql("DatabaseError"))
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
    return DatabaseUnavailable(
        "the database cannot be used: {what} ({error})",
        remedy=remedy,
        what=Text(what),
        error=reason_of(error, engine),
        schema=f'"{engine.get_execution_options().get(SCHEMA, "of the member")}"',
        user=f'"{url.username or "the role"}"',
        database=url.database or "",
    )


def reason_of(error: BaseException | None, engine: Engine) -> str:
    """Return the first line of the driver's own message, without anything secret."""
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()] or [type(error).__name__]
    secrets = secrets_in(engine.url.render_as_string(hide_password=False))
    if engine.url.password:
        secrets |= {str(engine.url.password)}
    return without(lines[0], secrets)[:200]
