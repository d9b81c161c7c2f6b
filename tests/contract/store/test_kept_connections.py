"""Connections stay at hand between transactions: whole, few, and never another process's."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import QueuePool, text

from exchange.errors import DatabaseUnavailable
from exchange.store import Store, open_store


def out_of_pool(store: Store) -> int:
    pool = store._engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


def driver_of(store: Store) -> Any:
    """The driver's connection that a transaction has now."""
    with store.reading() as tx:
        return tx._db._driver  # type: ignore[attr-defined]


def set_meta(store: Store, value: str) -> None:
    with store.transaction() as tx:
        tx.set_meta("key", value)


def meta(store: Store) -> str | None:
    with store.reading() as tx:
        return tx.get_meta("key")


def test_one_after_another_readers_and_writers_have_the_same_connection(store: Store) -> None:
    first = driver_of(store)
    set_meta(store, "value")
    assert driver_of(store) is first
    assert out_of_pool(store) == 1


def test_a_reader_within_a_writer_has_another_connection(store: Store) -> None:
    set_meta(store, "before")
    with store.transaction() as tx:
        tx.set_meta("key", "after")
        assert driver_of(store) is not tx._db._driver  # type: ignore[attr-defined]
        assert meta(store) == "before"
    assert meta(store) == "after"


def test_threads_that_came_once_leave_few_connections_and_a_closed_store_none(store: Store) -> None:
    all_at_work = threading.Barrier(12)

    def read() -> None:
        with store.reading() as tx:
            all_at_work.wait(30)
            tx.get_meta("key")

    with ThreadPoolExecutor(12) as pool:
        for one in [pool.submit(read) for _ in range(12)]:
            one.result(60)
    assert 1 <= out_of_pool(store) <= 4
    store.close()
    assert out_of_pool(store) == 0
    set_meta(store, "a closed store opens again, and keeps nothing")
    assert out_of_pool(store) == 0


def test_what_sqlalchemy_runs_is_of_the_same_transaction(store: Store) -> None:
    set_meta(store, "before")
    change = text("UPDATE meta SET value = :to WHERE key = 'key'")

    def fail() -> None:
        with store.transaction() as tx:
            tx._db.execute(change, {"to": "never"})
            assert tx.get_meta("key") == "never"
            raise RuntimeError("handler")

    with pytest.raises(RuntimeError, match="handler"):
        fail()
    assert meta(store) == "before"
    with store.transaction() as tx:
        tx._db.execute(change, {"to": "after"})
    assert meta(store) == "after"


def test_a_refused_statement_takes_back_what_went_before(store: Store) -> None:
    set_meta(store, "before")

    def fail() -> None:
        with store.transaction() as tx:
            tx.set_meta("key", "never")
            tx._db.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(DatabaseUnavailable, match="tables"):
        fail()
    assert meta(store) == "before"


def test_a_reader_on_a_server_cannot_write(postgres_url: str, member: str) -> None:
    def write_reading() -> None:
        with store.reading() as tx:
            tx.set_meta("key", "never")

    with open_store(postgres_url, member=member) as store:
        store.migrate()
        with pytest.raises(DatabaseUnavailable):
            write_reading()
        set_meta(store, "value")
        assert meta(store) == "value"


@pytest.mark.parametrize("writes", [True, False])
def test_connections_that_the_server_ended_while_they_were_idle_are_replaced_unseen(
    postgres_url: str, member: str, writes: bool
) -> None:
    with open_store(postgres_url, member=member) as store, open_store(postgres_url, member=member) as other:
        store.migrate()
        with store.reading() as one, store.reading() as two:
            idle = [int(tx._db.scalar(text("SELECT pg_backend_pid()")) or 0) for tx in (one, two)]
        with other.transaction() as tx:
            for pid in idle:
                assert tx._db.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        if writes:
            set_meta(store, "value")
        assert meta(store) == ("value" if writes else None)
        assert out_of_pool(store) == 1


def test_a_forked_process_has_connections_of_its_own(store: Store) -> None:
    set_meta(store, "parent")
    mine = driver_of(store)
    child = os.fork()
    if not child:
        result = 1
        try:
            set_meta(store, "child")
            result = 0 if meta(store) == "child" and driver_of(store) is not mine else 2
            store.close()
        finally:
            os._exit(result)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert driver_of(store) is mine
    assert meta(store) == "child"
