"""What waits to go out for the first time, on both databases, and the intake that goes by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from exchange.clock import SteppedClock
from exchange.errors import DatabaseUnavailable, IntakeStopped
from exchange.language import Language
from exchange.messaging.outbox import Outbox
from exchange.messaging.quotas import intake as module
from exchange.messaging.quotas.backlog import Backlog
from exchange.messaging.quotas.intake import BROKER_HOLDS, Intake
from exchange.messaging.rules.intake import IntakeLimits, Stopped
from exchange.schemas import Urgency
from exchange.store import Store
from tests.contract.rows import LATER, NOW, outgoing

LIMITS = IntakeLimits(seconds=30, copies=3, reserve=1000)


class _Steps(SteppedClock):
    """A clock that is stepped as real time passes."""

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds()


class Door:
    """An intake whose disk and time are the test's."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock, self.free, self.real = _Steps(NOW), 10_000, 0.0
        self.store = store
        monkeypatch.setattr(module, "monotonic", lambda: self.real)
        self.intake = Intake("t.a", store, self.clock, lambda: self.free, LIMITS)

    def stopped(self) -> Stopped | None:
        self.real += 2
        return self.intake.stopped()


@pytest.fixture
def door(store: Store, monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(store, monkeypatch)


def test_only_what_was_never_offered_to_the_broker_waits(store: Store) -> None:
    first, urgent, sent = outgoing(), outgoing(urgency=Urgency.URGENT), outgoing()
    with store.transaction() as tx:
        assert (tx[Backlog].count(), tx[Backlog].oldest()) == (0, None)
        tx[Outbox].add([sent], NOW - timedelta(hours=9))
        (parcel,) = tx[Outbox].parcels([sent])
        tx[Outbox].mark_sent([parcel.id], NOW, LATER)
        tx[Outbox].add([first], NOW - timedelta(minutes=2))
        tx[Outbox].add([urgent], NOW)
        assert (tx[Backlog].count(), tx[Backlog].oldest()) == (2, NOW - timedelta(minutes=2))
        (parcel,) = tx[Outbox].parcels([first])
        tx[Outbox].mark_failed(parcel.id, "refused", NOW, LATER)
        assert (tx[Backlog].count(), tx[Backlog].oldest()) == (1, NOW), "one that a full queue refused is no backlog"


def test_new_business_is_refused_while_much_waits_long_and_taken_again_once_it_has_gone_out(
    store: Store, door: Door
) -> None:
    messages = [outgoing() for _ in range(3)]
    with store.transaction() as tx:
        tx[Outbox].add(messages, NOW)
        ids = [parcel.id for parcel in tx[Outbox].parcels(messages)]
    assert door.stopped() is None
    door.clock.step_to(NOW + timedelta(seconds=31))
    assert door.stopped() is Stopped.OUTBOX
    with pytest.raises(IntakeStopped, match=r"t\.a has more to send") as caught:
        door.intake.check()
    assert caught.value.seconds == 30
    assert "暂不受理" in caught.value.written(Language.CHINESE)
    with store.transaction() as tx:
        tx[Outbox].mark_sent(ids, NOW, LATER)
    assert door.stopped() is None
    door.intake.check()


def test_what_the_members_process_notes_of_its_broker_counts_for_a_minute(store: Store, door: Door) -> None:
    for age, found in ((0, Stopped.BROKER), (59, Stopped.BROKER), (61, None)):
        with store.transaction() as tx:
            tx.set_meta(BROKER_HOLDS, (datetime.now(UTC) - timedelta(seconds=age)).isoformat())
        assert door.stopped() is found, age
    with store.transaction() as tx:
        tx.set_meta(BROKER_HOLDS, "")
    assert door.stopped() is None


def test_a_disk_that_fills_stops_new_business_first_and_then_all_that_comes_in(store: Store, door: Door) -> None:
    door.free = 999
    assert door.stopped() is Stopped.DISK
    door.intake.check_deliveries()
    door.free, door.real = 400, door.real + 2
    with pytest.raises(DatabaseUnavailable) as caught:
        door.intake.check_deliveries()
    assert caught.value.code == "disk-low"
    door.free, door.real = 10_000, door.real + 2
    door.intake.check_deliveries()
    assert door.stopped() is None
