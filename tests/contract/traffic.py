"""What the broker's contract tests send and collect."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from exchange.broker.admin.errand import errand
from exchange.broker.traffic.consumer import BatchConsumer
from exchange.broker.traffic.lane import ConsumedQueue
from exchange.broker.traffic.publisher import ConfirmedPublisher
from exchange.clock import monotonic
from exchange.messaging.ports import Delivery, OnBatch, Publication, PublishOutcome, PublishResult

PATIENCE = 30.0
"""Seconds after which something that must happen has not."""


def publications(queue: str, count: int, *, first: int = 0, body: bytes = b"x", **fields: Any) -> list[Publication]:
    """So many publications to one queue, with ids from ``first``."""
    return [
        Publication(
            id=number,
            queue=queue,
            body=body,
            message_id=str(uuid.UUID(int=number)),
            correlation_id="conversation",
            kind="document",
            **fields,
        )
        for number in range(first, first + count)
    ]


def numbers(deliveries: Sequence[Delivery]) -> list[int]:
    """The publication ids of deliveries."""
    return [uuid.UUID(delivery.message_id).int for delivery in deliveries]


class Watched:
    """Something that threads change and a test waits for."""

    def __init__(self) -> None:
        self._changed = threading.Condition()

    def change(self, what: Callable[[], object]) -> None:
        """Changes it and lets those who wait look."""
        with self._changed:
            what()
            self._changed.notify_all()

    def wait(self, until: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
        """Waits for a condition; fails, saying ``what`` did not happen."""
        with self._changed:
            assert self._changed.wait_for(until, patience), f"{what} did not happen within {patience:.0f} s"


class Fates(Watched):
    """Collects the fates of publications; a second fate for one id fails the test that asks."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[PublishResult] = []

    def take(self, results: Sequence[PublishResult]) -> None:
        """For `ConfirmedPublisher.on_results`."""
        self.change(lambda: self.all.extend(results))

    def of(self, count: int) -> dict[int, PublishResult]:
        """Waits for so many fates and returns them by id."""
        self.wait(lambda: len(self.all) >= count, f"{count} fates")
        found = {result.id: result for result in self.all}
        assert len(found) == len(self.all) == count, "a publication has more than one fate"
        return found

    def outcomes(self, count: int) -> set[PublishOutcome]:
        """Waits for so many fates and returns the outcomes among them."""
        return {result.outcome for result in self.of(count).values()}


class Taken(Watched):
    """Collects deliveries, batch by batch; ``before`` may look at a batch first, and wait or raise."""

    def __init__(self, before: OnBatch | None = None) -> None:
        super().__init__()
        self.batches: list[list[Delivery]] = []
        self._before = before

    def take(self, deliveries: Sequence[Delivery]) -> None:
        """For `BatchConsumer.on_batch`."""
        if self._before is not None:
            self._before(deliveries)
        if deliveries:
            self.change(lambda: self.batches.append(list(deliveries)))

    @property
    def all(self) -> list[Delivery]:
        """Everything so far, in order."""
        return [delivery for batch in self.batches for delivery in batch]

    def first(self, count: int) -> list[Delivery]:
        """Waits for so many deliveries and returns all there are."""
        self.wait(lambda: len(self.all) >= count, f"{count} deliveries")
        return self.all


@contextmanager
def publishing(url: str, sender: str, **options: Any) -> Iterator[tuple[ConfirmedPublisher, Fates]]:
    """A started publisher and what becomes of its publications."""
    fates = Fates()
    publisher = ConfirmedPublisher(url, sender=sender, on_results=fates.take, **options)
    publisher.start()
    try:
        yield publisher, fates
    finally:
        publisher.close()


@contextmanager
def consuming(url: str, queues: Sequence[str], on_batch: OnBatch, **options: Any) -> Iterator[BatchConsumer]:
    """A started consumer."""
    prefetch, asked = options.pop("prefetch", 200), options.pop("asked", False)
    consumed = [ConsumedQueue(name, prefetch, asked=asked) for name in queues]
    consumer = BatchConsumer(url, consumed, on_batch, name="test", **options)
    consumer.start()
    try:
        yield consumer
    finally:
        consumer.close()


def put(url: str, sender: str, messages: Sequence[Publication]) -> None:
    """Publishes and waits until all are confirmed."""
    with publishing(url, sender) as (publisher, fates):
        publisher.publish(messages)
        assert fates.outcomes(len(messages)) == {PublishOutcome.CONFIRMED}


def left_in(url: str, queue: str) -> int:
    """How many messages are ready in a queue."""
    with errand(url, "test:look") as admin:
        count: int = admin.channel.queue_declare(queue, passive=True).method.message_count
        return count


def get_one(url: str, queue: str) -> tuple[Any, bytes]:
    """Takes one message out of a queue: its properties and body."""
    with errand(url, "test:get") as admin:
        _, properties, body = admin.channel.basic_get(queue, auto_ack=True)
        assert properties is not None, f"{queue} is empty"
        return properties, body


def eventually(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Waits for something that nobody announces, by looking again and again."""
    until, pause = monotonic() + patience, threading.Event()
    while not condition():
        assert monotonic() < until, f"{what} did not happen within {patience:.0f} s"
        pause.wait(0.05)
