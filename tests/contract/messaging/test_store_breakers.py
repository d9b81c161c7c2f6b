"""Breakers on record, on both databases: kept as they are, taken up after a restart, closed by somebody's word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

from exchange.clock import SteppedClock
from exchange.messaging.ports import Delivery
from exchange.messaging.quotas.breakers import BY_ITSELF, BreakerRow, Breakers
from exchange.messaging.quotas.gate import InboxGate
from exchange.messaging.rules.breaker import Breach, BreakerState, SenderLimits
from exchange.messaging.rules.carriage import Carriage
from exchange.store import Store
from tests.contract.rows import LATER, NOW
from tests.unit.messaging.test_breaker import BAD, LIMITS, letter

ROW = BreakerRow(BAD, BreakerState.OPEN, Breach.UNPROVED, NOW, LATER, 1, 7)
MANY = [letter(BAD) for _ in range(9)]


class Process:
    """A member's process, with time of the test's own."""

    def __init__(self, store: Store, limits: SenderLimits = LIMITS) -> None:
        self.at, self.real = 0.0, SteppedClock(NOW)
        self.node = SimpleNamespace(store=store, address="t.us")
        self.gate = InboxGate("t", limits, now=lambda: self.at, real=self.real)

    def later(self, seconds: float) -> None:
        self.at += seconds
        self.real.step_to(self.real.now() + timedelta(seconds=seconds))

    def look(self) -> None:
        self.gate.look(self.node)  # type: ignore[arg-type]

    def opens(self) -> bool:
        bad = Delivery("t.us.inbox", b"", None, None, {}, False, None, False, carriage=Carriage(BAD))
        return len(self.gate.admit([bad])) == 1


def standing(store: Store) -> list[BreakerRow]:
    with store.reading() as tx:
        return tx[Breakers].standing()


def test_a_breaker_is_kept_changed_and_closed_once(store: Store) -> None:
    with store.transaction() as tx:
        tx[Breakers].keep(ROW)
        tx[Breakers].keep(replace(ROW, shed=70))
    assert standing(store) == [replace(ROW, shed=70)]
    with store.transaction() as tx:
        assert tx[Breakers].close(BAD, "wang", LATER)
        assert not tx[Breakers].close(BAD, "wang", LATER)
        assert not tx[Breakers].close("t.other", "wang", LATER)
    assert standing(store) == []
    with store.reading() as tx:
        (row,) = tx[Breakers].every()
    assert (row.state, row.closed_by, row.closed_at) == (BreakerState.CLOSED, "wang", LATER)


def test_one_that_opens_is_on_record_and_goes_on_in_the_next_process(store: Store) -> None:
    first = Process(store)
    first.gate.judge((), MANY)
    assert first.gate.news
    first.look()
    assert not first.gate.news
    (row,) = standing(store)
    assert (row.source, row.breach, row.until_at) == (BAD, Breach.UNPROVED, NOW + timedelta(seconds=60))
    second = Process(store)
    second.later(20)
    second.look()
    assert not second.opens()
    second.later(41)
    assert second.opens()


def test_one_ends_by_itself_and_the_record_says_so(store: Store) -> None:
    process = Process(store)
    process.gate.judge((), MANY)
    process.look()
    process.later(61)
    process.look()
    (row,) = standing(store)
    assert row.state is BreakerState.TRYING
    process.later(LIMITS.longest)
    process.look()
    assert standing(store) == []
    with store.reading() as tx:
        assert tx[Breakers].every()[0].closed_by == BY_ITSELF


def test_somebodys_word_is_taken_within_a_round(store: Store) -> None:
    process = Process(store)
    process.gate.judge((), MANY)
    process.look()
    assert not process.opens()
    with store.transaction() as tx:
        tx[Breakers].close(BAD, "wang", LATER)
    process.look()
    assert process.opens()
    with store.reading() as tx:
        assert tx[Breakers].every()[0].closed_by == "wang", "its word stays on record"
    process.gate.judge((), MANY)
    process.look()
    (row,) = standing(store)
    assert row.closed_by is None, "it opens anew"
