"""A second process stands by: it takes over from one that ended, died or is frozen, which then writes nothing more."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from exchange.clock import RealClock, monotonic
from exchange.language import Text
from exchange.store import Store
from exchange.store.standing_by import StandbyEnded, StandingBy
from exchange.store.who_serves import (
    SERVED_BY,
    STANDING_BY,
    ServingProcess,
    StandbyProcess,
    read_serving,
    read_standing_by,
)
from tests.contract.processes import others


def _served_by(store: Store) -> ServingProcess | None:
    with store.reading() as tx:
        return read_serving(tx.get_meta(SERVED_BY))


def _standing_by(store: Store) -> tuple[StandbyProcess, ...]:
    now = store.server_time() or RealClock().now()
    with store.reading() as tx:
        return read_standing_by(tx.get_meta(STANDING_BY), now)


def _until(holds: Callable[[], bool], patience: float = 30.0) -> None:
    until = monotonic() + patience
    while not holds():
        assert monotonic() < until
        threading.Event().wait(0.05)


def test_who_stands_by_takes_over_from_one_that_was_killed_and_both_are_on_record(
    store: Store, database_url: str, member: str
) -> None:
    with others(1, "stand-by", database_url, member) as [first]:
        assert first.hear() == "serving"
        before = _served_by(store)
        with others(1, "stand-by", database_url, member) as [second]:
            assert second.hear() == "waiting"
            _until(lambda: len(_standing_by(store)) == 1)
            (waits,) = _standing_by(store)
            assert before is not None
            assert before.standby
            assert waits.pid != before.pid
            first.go_on()
            assert first.hear() == "wrote 1"
            first.kill()
            assert second.hear() == "serving"
            second.go_on()
            assert second.hear() == "wrote 2"
            after = _served_by(store)
            assert after is not None
            assert after.pid == waits.pid
            assert _standing_by(store) == ()


def test_a_frozen_process_is_overtaken_and_writes_nothing_when_it_goes_on(
    store: Store, database_url: str, member: str
) -> None:
    with others(1, "stand-by", database_url, member) as [active]:
        assert active.hear() == "serving"
        active.go_on()
        assert active.hear() == "wrote 1"
        with others(1, "stand-by", database_url, member) as [waiting]:
            assert waiting.hear() == "waiting"
            active.freeze()
            active.go_on()
            assert waiting.hear() == "serving"
            waiting.go_on()
            assert waiting.hear() == "wrote 2"
            active.thaw()
            assert active.hear() in ("IdentityLost", "DatabaseUnavailable")
            active.go_on()
            assert active.hear() == "IdentityLost"
            waiting.go_on()
            assert waiting.hear() == "wrote 3"


def test_what_a_process_had_written_in_the_middle_of_a_step_when_it_was_frozen_never_counts(
    store: Store, database_url: str, member: str
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("there a step that was begun blocks everybody until its process is killed")
    with others(1, "stop-half-way", database_url, member) as [frozen]:
        assert frozen.hear() == "half-way"
        frozen.freeze()
        frozen.go_on()
        with others(1, "stand-by", database_url, member) as [other]:
            assert other.hear() == "waiting"
            assert other.hear() == "serving"
            other.go_on()
            assert other.hear() == "wrote 1"
            frozen.thaw()
            assert frozen.hear() in ("database", "identity-lost")


def test_who_lives_is_never_overtaken_and_who_is_unfit_takes_nothing_over(
    store: Store, database_url: str, member: str
) -> None:
    told, why = threading.Event(), Text("its directory is older")
    with others(1, "claim", database_url, member) as [server]:
        assert server.hear() == "serving"
        waiting = StandingBy(store, member, told, unfit=lambda: why, patience=6.0)
        threading.Timer(2.0, told.set).start()
        with pytest.raises(StandbyEnded), store.claim_identity(member, waiting):
            pytest.fail("unfit, and overtaken")
        fit = StandingBy(store, member, threading.Event(), patience=6.0, over=iter([False] * 14 + [True]).__next__)
        with pytest.raises(StandbyEnded), store.claim_identity(member, fit):
            pytest.fail("whoever lives is overtaken")
        server.go_on()
