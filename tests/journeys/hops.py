"""A hop held open: a consumer that waits until its queues hold what a test wants, and notes what it then takes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from exchange.broker.traffic.consumer import BatchConsumer
from exchange.messaging.ports import Delivery
from tests.journeys.city import wait_until

_PATIENCE = 60.0


@dataclass
class Hop:
    """One running consumer whose urgent queue is its first and whose ordinary one is its second."""

    consumer: BatchConsumer
    batches: list[tuple[str, int]] = field(default_factory=list)
    """``urgent`` or ``ordinary`` and the number of deliveries, in the order in which they were taken once let go."""
    overtaken: list[int] = field(default_factory=list)
    """How many urgent deliveries waited when each ordinary batch was taken."""
    after_urgent: Callable[[], None] = lambda: None
    """Called after each urgent batch, before the next one is chosen."""
    _entered: threading.Event = field(default_factory=threading.Event)
    _go: threading.Event = field(default_factory=threading.Event)

    def waiting(self) -> tuple[int, int]:
        """Urgent and ordinary deliveries that the consumer has and has not taken."""
        lanes = self.consumer._lanes
        return lanes[0].waiting, lanes[1].waiting

    def holds(self, urgent: int, ordinary: int) -> None:
        """Waits until at least so many of each wait here."""
        wait_until(
            lambda: self.waiting()[0] >= urgent and self.waiting()[1] >= ordinary, _PATIENCE,
            f"{urgent} urgent and {ordinary} ordinary ones at the hop",
        )  # fmt: skip

    def caught(self) -> None:
        """Waits until the consumer is stopped, with a first batch in its hands."""
        assert self._entered.wait(_PATIENCE), "nothing came to the hop"

    def let_go(self) -> None:
        """Opens the hop."""
        self._go.set()

    def took(self, ordinary: int) -> list[tuple[str, int]]:
        """Waits until so many ordinary deliveries were taken; the batches until then."""

        def count() -> int:
            return sum(number for kind, number in self.batches if kind == "ordinary")

        wait_until(lambda: count() >= ordinary, _PATIENCE, f"{ordinary} ordinary ones taken at the hop")
        return self.batches


@contextmanager
def held(consumer: BatchConsumer) -> Iterator[Hop]:
    """Stops a consumer at the next batch that it takes, until the test lets it go."""
    hop, real = Hop(consumer), consumer._on_batch
    names = [lane.queue.name for lane in consumer._lanes]

    def take(deliveries: Sequence[Delivery]) -> None:
        if not hop._entered.is_set():
            hop._entered.set()
            assert hop._go.wait(_PATIENCE), "nobody let the hop go"
            real(deliveries)
            return
        urgent = bool(deliveries) and deliveries[0].queue == names[0]
        if deliveries and not urgent:
            hop.overtaken.append(hop.waiting()[0])
        real(deliveries)
        if deliveries:
            hop.batches.append(("urgent" if urgent else "ordinary", len(deliveries)))
        if urgent:
            hop.after_urgent()

    consumer._on_batch = take
    try:
        yield hop
    finally:
        hop.let_go()
        consumer._on_batch = real
