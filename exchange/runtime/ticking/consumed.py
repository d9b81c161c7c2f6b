"""What a member consumes, and by when it has dealt with all that had come: what arrived since is bounded by that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from exchange.broker.traffic.consumer import BatchConsumer
from exchange.broker.traffic.lane import ConsumedQueue
from exchange.broker.traffic.topology import dead_queue, opinions_queue, queues_of
from exchange.clock import Clock, monotonic
from exchange.runtime.member_record import DONE_UNTIL
from exchange.schemas.instants import EARLIEST
from exchange.store.transaction import Transaction


def consumed_queues(address: str, is_window: bool, stamps: bool) -> list[ConsumedQueue]:
    """Return the queues of a member. ``stamps``: whether its broker says itself when something arrived.

    Where it does not, a window's arbiter queue is asked how it stands: there an opinion and a default race.
    """
    decides = opinions_queue(address)
    queues = [ConsumedQueue(name, asked=not stamps and name == decides) for name in queues_of(address, is_window)]
    return [*queues, ConsumedQueue(dead_queue(address), first=True)]


def note_done(tx: Transaction, consumer: BatchConsumer, clock: Clock) -> None:
    """Keep by when all that had come is dealt with for good, by this member's clock, where that is known."""
    mark = consumer.state.done_until
    if mark is not None:
        tx.set_meta(DONE_UNTIL, clock.at(datetime.now(UTC) - timedelta(seconds=monotonic() - mark)).isoformat())


def noted_done(tx: Transaction, now: datetime) -> datetime:
    """Return what was kept; nothing where a clock that was wrong, or is now, has it lie ahead."""
    text = tx.get_meta(DONE_UNTIL)
    noted = datetime.fromisoformat(text) if text else EARLIEST
    return noted if noted <= now else EARLIEST
