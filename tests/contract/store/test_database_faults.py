"""Every complaint of a database is an error of ours with what to do, and quotes no password."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from exchange.errors import DatabaseUnavailable
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.store import Store, engine, open_store
from exchange.store.engine import schema_of
from tests.postgres import PostgresServer, libpq

SECRET = "p%40ss%3AW0rd"
_WORDS = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
_STARTING = b"E" + (len(_WORDS) + 4).to_bytes(4, "big") + _WORDS


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server with an account that needs a password, and several that may not do much."""
    server = PostgresServer()
    try:
        server.start()
        with psycopg.connect(libpq(server.url), autocommit=True) as connection:
            for statement in (
                "CREATE ROLE locked LOGIN PASSWORD 'other'",
                "CREATE ROLE crowded LOGIN CONNECTION LIMIT 0",
                "CREATE ROLE poor LOGIN",
                "REVOKE CREATE ON DATABASE postgres FROM PUBLIC",
            ):
                connection.execute(statement)
            hba = server.folder / "data" / "pg_hba.conf"
            hba.write_text("local all locked scram-sha-256\nlocal all nobody reject\n" + hba.read_text())
            connection.execute("SELECT pg_reload_conf()")
        yield server
    finally:
        server.remove()


def _as(server: PostgresServer, user: str, database: str = "postgres") -> str:
    return f"postgresql://{user}:{SECRET}@/{database}?host={server.folder}"


def _refused(url: str, member: str, use: Callable[[Store], None] = Store.migrate) -> DatabaseUnavailable:
    with pytest.raises(DatabaseUnavailable) as caught, open_store(url, member=member) as store:
        use(store)
    said = caught.value.diagnostics()
    assert "p@ss" not in said
    assert SECRET not in said
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("user", "database", "what", "remedy"),
    [
        ("locked", "postgres", "password is wrong", "%40"),
        ("unknown", "postgres", "password is wrong", "EXCHANGE_DATABASE_URL"),
        ("nobody", "postgres", "does not let this account in", "pg_hba.conf"),
        ("tests", "nowhere", "no such database", "CREATE DATABASE"),
        ("crowded", "postgres", "no connection left", "max_connections"),
        ("poor", "postgres", "lacks a privilege", 'GRANT CREATE ON DATABASE "postgres" TO "poor"'),
    ],
)
def test_what_postgresql_denies_is_told_with_its_remedy(
    server: PostgresServer, member: str, user: str, database: str, what: str, remedy: str
) -> None:
    error = _refused(_as(server, user, database), member)
    assert what in str(error)
    assert remedy in error.remedy


def test_a_schema_that_the_administrator_has_made_is_used_once_it_may_be(server: PostgresServer, member: str) -> None:
    schema = schema_of(member)
    with (
        psycopg.connect(libpq(server.url), autocommit=True) as admin,
        open_store(_as(server, "poor"), member=member) as store,
    ):
        admin.execute(f'CREATE SCHEMA "{schema}"')
        with pytest.raises(DatabaseUnavailable, match="lacks a privilege") as caught:
            store.is_new()
        assert f'ON SCHEMA "{schema}" TO "poor"' in caught.value.remedy
        admin.execute(f'GRANT USAGE ON SCHEMA "{schema}" TO poor')
        assert store.is_new()
        with pytest.raises(DatabaseUnavailable, match="lacks a privilege"):
            store.migrate()
        admin.execute(f'GRANT CREATE ON SCHEMA "{schema}" TO poor')
        store.migrate()
        assert store.is_current()


def test_tables_that_may_not_be_read_and_those_that_are_missing(server: PostgresServer, member: str) -> None:
    with psycopg.connect(libpq(server.url), autocommit=True) as admin, open_store(server.url, member=member) as store:
        store.migrate()
        admin.execute(f'GRANT USAGE ON SCHEMA "{schema_of(member)}" TO poor')
        assert "lacks a privilege" in str(_refused(_as(server, "poor"), member, _read))
        admin.execute(f'DROP TABLE "{schema_of(member)}".meta')
        assert "exchange init" in _refused(server.url, member, _read).remedy


def test_a_standby_can_be_read_and_says_that_it_cannot_be_written(server: PostgresServer, member: str) -> None:
    with open_store(server.url, member=member) as store:
        store.migrate()
    with _standby_of(server) as standby:
        with open_store(standby, member=member) as store:
            assert store.is_current()
            _read(store)
        error = _refused(standby, member, _write)
        assert "standby" in str(error)
        assert "primary" in error.remedy
        claimed = _refused(standby, member, lambda store: store.claim_identity(member).__enter__() and None)
        assert "standby" in str(claimed) or "cannot" in str(claimed)


@contextmanager
def _standby_of(server: PostgresServer) -> Iterator[str]:
    standby = PostgresServer()
    server.stop()
    try:
        subprocess.run(["cp", "-a", str(server.folder / "data"), str(standby.folder / "data")], check=True)
        (standby.folder / "data" / "standby.signal").touch()
        standby.start()
        yield standby.url
    finally:
        server.start()
        standby.remove()


def _answering(answer: bytes | None) -> Iterator[int]:
    """A server that says ``answer`` to whoever connects; with None it accepts and stays silent."""
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    caller, _ = listening.accept()
                except OSError:
                    return
                kept.append(caller)
                if answer is not None:
                    caller.recv(100)
                    caller.sendall(answer)
                    if answer[:1] != b"N":
                        caller.close()

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    for one in kept:
        one.close()


@pytest.mark.parametrize(
    ("answer", "options", "what"),
    [
        (None, "connect_timeout=1", "does not answer"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "", "does not speak as PostgreSQL"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "sslmode=disable", "does not speak as PostgreSQL"),
        (b"", "sslmode=disable", "broke the connection off"),
        (b"N", "sslmode=require", "TLS is wanted on one side"),
        (_STARTING, "sslmode=disable", "starting or stopping"),
    ],
)
def test_what_listens_and_is_no_database_of_ours_is_told_as_that(
    member: str, answer: bytes | None, options: str, what: str
) -> None:
    with closing(_answering(answer)) as there:
        error = _refused(f"postgresql://u:{SECRET}@127.0.0.1:{next(there)}/d?{options}", member)
    assert what in str(error)


@pytest.mark.parametrize(
    ("place", "what"),
    [("no-such-host.invalid", "cannot be resolved"), ("127.0.0.1:1", "no server listens there")],
)
def test_where_nothing_is_reached_it_is_told_as_that(member: str, place: str, what: str) -> None:
    assert what in str(_refused(f"postgresql://u:{SECRET}@{place}/d", member))


@pytest.mark.parametrize("url", ["postgresql://u:p@ss@h/d", "mysql://u:p%40ss@h/d", "p@ss", "postgresql://u:p/ss@h/d"])
def test_a_url_that_is_none_is_refused_without_quoting_it(member: str, url: str) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        open_store(url, member=member)
    assert "ss@" not in caught.value.diagnostics()
    assert "p%40ss" not in caught.value.diagnostics()


# --- SQLite ------------------------------------------------------------------------------------------------------


def test_a_file_that_is_no_database(sqlite_url: str, member: str) -> None:
    _file_of(sqlite_url).parent.mkdir()
    _file_of(sqlite_url).write_bytes(b"no database at all" * 1000)
    assert "no SQLite database" in str(_refused(sqlite_url, member))


def test_a_folder_in_the_place_of_the_file(sqlite_url: str, member: str) -> None:
    _file_of(sqlite_url).mkdir(parents=True)
    assert "cannot be opened" in str(_refused(sqlite_url, member))


def test_a_damaged_file(sqlite_url: str, member: str) -> None:
    with open_store(sqlite_url, member=member) as store:
        store.migrate()
    with _file_of(sqlite_url).open("r+b") as file:
        file.seek(16_384)
        file.write(b"\xff" * 16_384 * 40)
    shutil.copy(_file_of(sqlite_url), _file_of(sqlite_url).with_suffix(".bad"))
    assert "restore the backup" in _refused(sqlite_url, member, _read_all).remedy


def test_a_file_that_may_not_be_written(sqlite_url: str, member: str) -> None:
    with open_store(sqlite_url, member=member) as store:
        store.migrate()
    only_read = f"sqlite:///file:{_file_of(sqlite_url)}?mode=ro&uri=true"
    assert "may not be written" in str(_refused(only_read, member, _write))


def test_a_database_that_somebody_else_keeps_locked(
    sqlite_url: str, member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_BUSY_MS", 50)
    with open_store(sqlite_url, member=member) as store:
        store.migrate()
    with closing(sqlite3.connect(_file_of(sqlite_url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "locked by somebody else" in str(_refused(sqlite_url, member, _write))


def test_a_full_disk(sqlite_url: str, member: str) -> None:
    with open_store(sqlite_url, member=member) as store:
        store.migrate()

        def fill(store: Store) -> None:
            with store.transaction() as tx:
                connection = tx._db
                connection.exec_driver_sql("PRAGMA max_page_count=1")
                tx.set_meta("much", "x" * 10_000_000)

        assert "disk is full" in str(_refused(sqlite_url, member, fill))


def _file_of(url: str) -> Path:
    return Path(make_url(url).database or "")


def _read(store: Store) -> None:
    with store.reading() as tx:
        tx.get_meta("any")


def _read_all(store: Store) -> None:
    with store.reading() as tx:
        tx[Inbox].counts(), tx[Outbox].counts(), tx.get_meta("any"), tx.recent_journal()


def _write(store: Store) -> None:
    with store.transaction() as tx:
        tx.set_meta("any", "thing")
