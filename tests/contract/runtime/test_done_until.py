"""By when a member has dealt with all that had come: kept by its own clock, and not believed where it lies ahead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from exchange.broker.traffic.consumer import BatchConsumer
from exchange.clock import RealClock, monotonic
from exchange.runtime.ticking.consumed import consumed_queues, note_done, noted_done
from exchange.schemas.instants import EARLIEST
from exchange.store import Store

_URL = "amqp://guest:guest@127.0.0.1:1/"


def _consumer(mark: float | None) -> BatchConsumer:
    consumer = BatchConsumer(_URL, consumed_queues("t.w", True, stamps=False), lambda batch: None, name="t.w")
    for lane in consumer._lanes:
        lane.done_until = mark
    return consumer


def test_only_where_the_broker_does_not_stamp_is_the_arbiter_queue_asked() -> None:
    asked = [[queue.name for queue in consumed_queues("t.w", True, stamps) if queue.asked] for stamps in (False, True)]
    assert asked == [["t.w.opinions"], []]
    assert not any(queue.asked for queue in consumed_queues("t.a", False, stamps=False))


def test_the_mark_is_kept_by_the_members_clock_and_stays_where_nothing_is_known(store: Store) -> None:
    now = datetime.now(UTC)
    with store.transaction() as tx:
        assert noted_done(tx, now) == EARLIEST
        note_done(tx, _consumer(monotonic() - 60), RealClock())
        kept = noted_done(tx, now)
        note_done(tx, _consumer(None), RealClock())
        assert noted_done(tx, now) == kept
    assert abs((now - kept).total_seconds() - 60) < 5


def test_a_mark_that_lies_ahead_bounds_nothing(store: Store) -> None:
    with store.transaction() as tx:
        note_done(tx, _consumer(monotonic()), RealClock())
        assert noted_done(tx, datetime.now(UTC) - timedelta(hours=1)) == EARLIEST
