"""A served member sees a wish to drain that another process has put down, and asks its database for it seldom."""

from __future__ import annotations

import pytest

from exchange.errors import DatabaseUnavailable
from exchange.runtime.draining import DrainWatch, ask_drain, lift_drain
from exchange.store import Store, open_store
from tests.unit.facts import at


def test_a_wish_of_another_process_is_seen_at_the_next_look(store: Store, database_url: str, member: str) -> None:
    watch = DrainWatch(store)
    assert not watch.is_wanted()
    other = open_store(database_url, member=member)
    ask_drain(other, "ops", "a new machine", at("03-02"))
    assert watch.is_wanted()
    assert watch.is_wanted()
    lift_drain(other, "ops", at("03-02"))
    other.close()
    assert not watch.is_wanted()


def test_a_database_in_which_nothing_was_committed_is_not_asked_and_one_that_was_away_is(
    sqlite_url: str, member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Store] = []

    def drained(store: Store) -> None:
        asked.append(store)
        if len(asked) == 1:
            raise DatabaseUnavailable("away")

    monkeypatch.setattr("exchange.runtime.draining.drained", drained)
    with open_store(sqlite_url, member=member) as store:
        store.migrate()
        watch = DrainWatch(store)
        assert [watch.is_wanted() for _ in range(5)] == [False] * 5
        assert len(asked) == 2
        with store.transaction() as tx:
            tx.set_meta("a", "commit")
        watch.is_wanted()
        assert len(asked) == 3
        monkeypatch.setattr("exchange.runtime.draining._SURELY", 0.0)
        watch.is_wanted()
        assert len(asked) == 4
