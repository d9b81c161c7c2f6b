"""A claim is watched: a lock that was lost is taken anew, and whoever was overtaken writes nothing more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from exchange.clock import monotonic
from exchange.errors import DatabaseLost, DatabaseUnavailable, IdentityLost
from exchange.store import Store, identity_lock, open_store
from tests.contract.processes import others
from tests.postgres import PostgresServer, libpq


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server that these tests may restart."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def pg_store(server: PostgresServer, member: str) -> Iterator[Store]:
    """A member's store on it."""
    store = open_store(server.url, member=member)
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def unwatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch comes too late: what remains is what every step looks at."""
    monkeypatch.setattr(identity_lock, "WATCHED_EVERY", 3600.0)


def _write(store: Store, value: str) -> None:
    with store.transaction() as tx:
        tx.set_meta("test", value)


def _read(store: Store) -> str | None:
    with store.reading() as tx:
        return tx.get_meta("test")


def _until(holds: Callable[[], bool], patience: float = 20.0) -> None:
    until = monotonic() + patience
    while not holds():
        assert monotonic() < until
        threading.Event().wait(0.05)


def _end_session_with_the_lock(server: PostgresServer) -> None:
    with psycopg.connect(libpq(server.url), autocommit=True) as connection:
        query = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        assert connection.execute(query).fetchall()
        _until(lambda: not connection.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'").fetchall())


def test_after_a_restart_of_the_server_the_next_step_takes_the_identity_anew_before_it_writes(
    server: PostgresServer, pg_store: Store, member: str, unwatched: None
) -> None:
    with pg_store.claim_identity(member):
        _write(pg_store, "before")
        server.stop()
        with pytest.raises(DatabaseUnavailable):
            _write(pg_store, "while it is away")
        server.start()
        _write(pg_store, "after")
        with others(1, "claim", server.url, member) as [late]:
            assert late.hear() == "identity-in-use"
        assert _read(pg_store) == "after"


def test_a_member_that_rests_takes_its_identity_anew_too(server: PostgresServer, pg_store: Store, member: str) -> None:
    with open_store(server.url, member=member) as other_, pg_store.claim_identity(member):
        _end_session_with_the_lock(server)
        _until(lambda: other_.is_served(member))


def test_who_was_overtaken_while_its_lock_was_lost_writes_nothing_more_and_says_why(
    server: PostgresServer, pg_store: Store, member: str, unwatched: None
) -> None:
    told = threading.Event()
    with pg_store.claim_identity(member) as mine:
        mine.on_lost = told.set
        _write(pg_store, "mine")
        _end_session_with_the_lock(server)
        with others(1, "claim", server.url, member) as [other]:
            assert other.hear() == "serving"
            for _ in range(2):
                with pytest.raises(IdentityLost, match=member):
                    _write(pg_store, "mine again")
        assert told.wait(10)
        assert isinstance(mine.lost, IdentityLost)
        with pytest.raises(IdentityLost):  # the other has come and gone; what this one knew may be old
            _write(pg_store, "mine at last")
    assert _read(pg_store) == "mine"


def test_a_lock_file_that_is_deleted_is_made_anew_before_anything_is_written(
    sqlite_url: str, member: str, unwatched: None
) -> None:
    with open_store(sqlite_url, member=member) as store:
        store.migrate()
        with store.claim_identity(member):
            _lock_of(sqlite_url).unlink()
            _write(store, "mine")
            with others(1, "claim", sqlite_url, member) as [late]:
                assert late.hear() == "identity-in-use"


def test_who_was_overtaken_by_a_new_lock_file_writes_nothing_more(
    sqlite_url: str, member: str, unwatched: None
) -> None:
    with open_store(sqlite_url, member=member) as store, ExitStack() as stack:
        store.migrate()
        stack.enter_context(store.claim_identity(member))
        _write(store, "mine")
        _lock_of(sqlite_url).unlink()
        with others(1, "claim", sqlite_url, member) as [other]:
            assert other.hear() == "serving"
            with pytest.raises(IdentityLost, match=member):
                _write(store, "mine again")
        assert _read(store) == "mine"


@pytest.mark.parametrize("replaced", [True, False])
def test_a_database_file_that_is_replaced_or_deleted_is_not_written_any_more(
    sqlite_url: str, member: str, replaced: bool
) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    with open_store(sqlite_url, member=member) as store:
        store.migrate()
        with store.claim_identity(member) as mine:
            file.rename(file.with_suffix(".old"))
            if replaced:
                file.write_bytes(file.with_suffix(".old").read_bytes())
            with pytest.raises(DatabaseLost, match="deleted or replaced"):
                _write(store, "nowhere")
            assert isinstance(mine.lost, DatabaseLost)


def test_looking_whether_a_member_is_served_overtakes_nobody(store: Store, database_url: str, member: str) -> None:
    with open_store(database_url, member=member) as other:
        assert not other.is_served(member)
        with store.claim_identity(member):
            assert other.is_served(member)
            _write(store, "mine")
        assert not other.is_served(member)


def _lock_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///") + ".lock")
