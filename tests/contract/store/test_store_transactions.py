"""A transaction happens as a whole or not at all: on errors, power cuts, full disks, rivals and lost connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import event, text

from exchange.approval.monitor.store import Watches
from exchange.approval.rules.states import CaseState, WatchState
from exchange.approval.window.store import Cases
from exchange.clock import monotonic
from exchange.errors import DatabaseUnavailable
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.store import Store, engine, open_store, transaction
from exchange.store.journal import JournalEntry
from tests.contract.processes import others
from tests.contract.rows import (
    LATER,
    NOW,
    PLANNING,
    case_row,
    entry,
    ledger_entry,
    new_id,
    outgoing,
    part_row,
    watch_row,
)


def meta(store: Store, key: str) -> str | None:
    with store.reading() as tx:
        return tx.get_meta(key)


def set_meta(store: Store, key: str, value: str) -> None:
    with store.transaction() as tx:
        tx.set_meta(key, value)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Runs all in threads that begin together; their results in order."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        barrier.wait(30)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(60) for future in [pool.submit(run, work) for work in works]]


def test_what_was_set_is_there_after_the_block_and_replaced_by_the_next(store: Store) -> None:
    assert meta(store, "key") is None
    set_meta(store, "key", "值")
    set_meta(store, "key", "new")
    assert meta(store, "key") == "new"


def test_any_exception_takes_everything_back(store: Store) -> None:
    def fail() -> None:
        with store.transaction() as tx:
            tx.set_meta("key", "value")
            tx[Outbox].add([outgoing()], NOW)
            tx[Inbox].record([entry()], NOW)
            raise RuntimeError("handler")

    with pytest.raises(RuntimeError, match="handler"):
        fail()
    with store.reading() as tx:
        assert tx.get_meta("key") is None
        assert tx[Documents].recent() == []
        assert tx[Outbox].counts() == {}


def test_the_journal_keeps_its_order_and_its_details(store: Store) -> None:
    first = JournalEntry(NOW, "submitted", "HF-1", None, {"matter": "works", "部门": ["甲", "乙"], "n": 3})
    second = JournalEntry(LATER, "opinion", "HF-1", new_id(), {"department": PLANNING, "why": None})
    with store.transaction() as tx:
        tx.journal([first])
        tx.journal([])
        tx.journal([JournalEntry(NOW, "other", "HF-2"), JournalEntry(NOW, "document-sent"), second])
    with store.reading() as tx:
        assert tx.journal_of("HF-1") == [first, second]
        assert [line.event for line in tx.journal_of("HF-2")] == ["other"]


def test_a_process_killed_in_the_middle_of_a_transaction_leaves_nothing_half_done(
    store: Store, database_url: str, member: str
) -> None:
    with others(1, "half-done", database_url, member) as [other]:
        assert other.hear() == "half-done"
        other.kill()
        set_meta(store, "after", "the lock was freed")
    with store.reading() as tx:
        assert tx[Outbox].counts() == {"written": 1}
        [committed] = tx[Documents].recent()
        assert (committed.direction, committed.enclosures) == ("sent", ())
        assert tx[Cases].get("HF-1") is None
        assert tx.journal_of("HF-1") == []
        assert tx.get_meta("half") is None


def test_of_two_processes_that_decide_the_same_case_exactly_one_wins(
    store: Store, database_url: str, member: str
) -> None:
    with store.transaction() as tx:
        tx[Cases].open(case_row(state=CaseState.READY), [part_row()])
    with others(2, "decide", database_url, member) as rivals:
        assert [rival.hear() for rival in rivals] == ["ready", "ready"]
        for rival in rivals:
            rival.go_on()
        assert sorted(rival.hear() for rival in rivals) == ["lost", "won"]
    with store.reading() as tx:
        case = tx[Cases].get("HF-1")
    assert case is not None
    assert case.state is CaseState.DECIDED


def test_of_eight_threads_that_finish_a_deadline_exactly_one_wins(store: Store) -> None:
    with store.transaction() as tx:
        tx[Watches].put([watch_row()])

    def finish() -> bool:
        with store.transaction() as tx:
            return tx[Watches].finish("HF-1", PLANNING, 1, WatchState.DEEMED, LATER)

    assert sorted(at_once(*[finish] * 8)) == [False] * 7 + [True]


def test_writers_take_turns_so_that_none_decides_on_what_another_is_changing(store: Store) -> None:
    with store.transaction() as tx:
        tx[Cases].open(case_row(), [part_row()])

    def count_up() -> None:
        for _ in range(5):
            with store.transaction() as tx:
                serial = int(tx.get_meta("serial") or 0) + 1
                tx.set_meta("serial", str(serial))
                tx[Cases].add_entries("HF-1", PLANNING, [ledger_entry()])

    at_once(*[count_up] * 4)
    assert meta(store, "serial") == "20"
    with store.reading() as tx:
        assert len(tx[Cases].ledger("HF-1", PLANNING)) == 20


def test_a_reader_never_blocks_a_writer_and_goes_on_seeing_one_state(store: Store) -> None:
    set_meta(store, "key", "before")
    with store.reading() as reader:
        assert reader.get_meta("key") == "before"
        set_meta(store, "key", "after")
        assert reader.get_meta("key") == "before"
    assert meta(store, "key") == "after"


def test_a_writer_never_blocks_a_reader_and_is_not_seen_before_its_commit(store: Store) -> None:
    set_meta(store, "key", "before")
    with store.transaction() as writer:
        writer.set_meta("key", "after")
        assert meta(store, "key") == "before"
    assert meta(store, "key") == "after"


def test_a_full_disk_is_told_as_such_and_leaves_nothing_half_done(sqlite_url: str, member: str) -> None:
    store = open_store(sqlite_url, member=member)
    store.migrate()
    set_meta(store, "key", "before")
    store.close()

    @event.listens_for(store._engine, "connect")
    def limit(connection: Any, record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 20}").close()

    def fill() -> None:
        with store.transaction() as tx:
            tx.set_meta("key", "after")
            tx[Outbox].add([outgoing()], NOW)
            tx[Inbox].record([entry(enclosures=(b"x" * 1_000_000,))], NOW)

    with pytest.raises(DatabaseUnavailable, match="full") as caught:
        fill()
    assert "room" in caught.value.remedy
    with store.transaction() as tx:
        assert tx.get_meta("key") == "before"
        assert tx[Documents].recent() == []
        tx.set_meta("key", "small things still fit")
    store.close()


def test_a_lost_connection_is_told_as_such_and_the_next_transaction_has_another(postgres_url: str, member: str) -> None:
    store = open_store(postgres_url, member=member)
    store.migrate()

    def lose_it() -> None:
        with store.transaction() as tx:
            tx.set_meta("key", "never")
            mine = tx._db.scalar(text("SELECT pg_backend_pid()"))
            with store.reading() as other:
                other._db.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
            tx.set_meta("key", "either")

    with pytest.raises(DatabaseUnavailable):
        lose_it()
    assert meta(store, "key") is None
    set_meta(store, "key", "again")
    assert meta(store, "key") == "again"
    store.close()


def test_a_database_locked_by_somebody_else_is_told_as_such_after_some_patience(sqlite_url: str, member: str) -> None:
    store, other = open_store(sqlite_url, member=member), open_store(sqlite_url, member=member)
    store.migrate()

    @event.listens_for(other._engine, "connect")
    def impatient(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA busy_timeout = 20").close()

    with store.transaction() as tx:
        tx.set_meta("key", "mine")
        with pytest.raises(DatabaseUnavailable, match="locked"):
            set_meta(other, "key", "theirs")
    assert meta(store, "key") == "mine"
    store.close()
    other.close()


def test_of_many_that_want_to_write_to_a_locked_database_none_waits_for_all_the_others(
    sqlite_url: str, member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_BUSY_MS", 400)
    monkeypatch.setattr(transaction, "_TURN", 0.4)
    store, other = open_store(sqlite_url, member=member), open_store(sqlite_url, member=member)
    store.migrate()
    refused: list[str] = []

    def ask() -> None:
        with pytest.raises(DatabaseUnavailable, match="locked") as caught:
            set_meta(store, "key", "mine")
        refused.append(str(caught.value))

    with other.transaction():
        began = monotonic()
        at_once(*[ask] * 12)
        assert monotonic() - began < 12 * 0.4 / 2
    assert len(refused) == 12
    set_meta(store, "key", "mine")
    store.close()
    other.close()


def test_trying_to_write_writes_as_much_and_leaves_nothing(store: Store) -> None:
    before = contents(store)
    store.try_writing(1_000_000)
    store.try_writing(0)
    assert contents(store) == before


def contents(store: Store) -> int:
    with store.reading() as tx:
        return len(tx.get_meta("filler") or "")


def test_a_thread_reads_one_state_until_it_writes_itself(store: Store) -> None:
    def kept() -> str | None:
        with store.reading() as tx:
            return tx.get_meta("word")

    def keep(word: str) -> None:
        with store.transaction() as tx:
            tx.set_meta("word", word)

    def elsewhere(do: Callable[[], object]) -> object:
        with ThreadPoolExecutor(1) as threads:
            return threads.submit(do).result(30)

    keep("first")
    with store.one_state(), store.one_state():
        assert kept() == "first"
        elsewhere(lambda: keep("second"))
        assert kept() == "first", "all of one state"
        assert elsewhere(kept) == "second", "another thread has nothing to do with it"
        keep("third")
        assert kept() == "third", "what it has written itself, it sees"
    elsewhere(lambda: keep("fourth"))
    assert kept() == "fourth"
    with suppress(RuntimeError), store.one_state():
        kept()
        raise RuntimeError
    elsewhere(lambda: keep("fifth"))
    assert kept() == "fifth"
