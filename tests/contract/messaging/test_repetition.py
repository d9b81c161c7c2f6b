"""Repetition over real queues: a copy that lies there is not sent again, one that was lost is, and soon."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest

from exchange.broker.admin.errand import errand
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.queue_sight import seen_depths
from exchange.broker.traffic.publisher import ConfirmedPublisher
from exchange.clock import RealClock
from exchange.machine.crew import Loop
from exchange.messaging.dispatch import Dispatcher
from exchange.messaging.observer import Observer
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.messaging.rules.repetition import QueueDepth
from exchange.store import Store, open_store
from tests.contract.rows import NOW, outgoing
from tests.contract.traffic import eventually, left_in

pytestmark = pytest.mark.broker

PATIENCE = timedelta(seconds=0.3)


class Sender:
    """A member that sends to one queue, with a patience of its own; what it publishes is counted."""

    def __init__(self, url: str, domain: str, store: Store) -> None:
        self.url, self.store = url, store
        self.addressee = f"{domain}.b"
        self.queue = f"{self.addressee}.inbox"
        self.asked = self.published = 0

    def depths(self, queues: object) -> dict[str, QueueDepth | None]:
        self.asked += 1
        return seen_depths(self.url, [self.queue])

    @contextmanager
    def running(self) -> Iterator[None]:
        observer = Observer()
        observer.sent = self._count  # type: ignore[method-assign]
        states = {
            "statement": lambda: None,
            "audit_head": lambda: None,
            "calendar": SimpleNamespace(papers=()),
            "beside": SimpleNamespace(headers=lambda addressee: {}),
        }
        node = SimpleNamespace(store=self.store, address="t.a", clock=RealClock(), observer=observer, **states)
        dispatcher = Dispatcher(
            node, RealClock(), poll=0.05, receipt_patience=PATIENCE, depths=self.depths, look_every=PATIENCE
        )  # type: ignore[arg-type]
        publisher = ConfirmedPublisher(
            self.url, sender="t.a", on_results=dispatcher.on_results, on_connected=dispatcher.connected
        )
        publisher.start()
        loop = Loop("dispatch", lambda: dispatcher.run(publisher), lambda: True)
        loop.start()
        try:
            yield
        finally:
            dispatcher.stop()
            loop.join(10)
            publisher.close()

    def send(self, number: int) -> None:
        with self.store.transaction() as tx:
            tx[Outbox].add([outgoing(self.addressee) for _ in range(number)], NOW)

    def sent(self) -> int:
        with self.store.reading() as tx:
            return tx[Outbox].counts().get(OutboxState.SENT, 0)

    def rounds(self, number: int) -> None:
        """Waits until it has looked at the queue so many times more."""
        wanted = self.asked + number
        eventually(lambda: self.asked >= wanted, f"{number} looks at the queue", 20)

    def _count(self, parcels: object) -> None:
        self.published += len(parcels)  # type: ignore[arg-type]


@pytest.fixture
def sender(broker: NodeInfo, domain: str, provisioned: Callable[..., None], sqlite_url: str) -> Iterator[Sender]:
    provisioned([f"{domain}.b"])
    with open_store(sqlite_url, member="t.a") as store:
        store.migrate()
        yield Sender(broker.url, domain, store)


def test_a_queue_that_nobody_consumes_stays_at_the_number_of_its_messages_and_what_it_loses_comes_again(
    sender: Sender,
) -> None:
    sender.send(14)
    with sender.running():
        eventually(lambda: sender.sent() == 14, "all confirms")
        sender.rounds(4)
        assert left_in(sender.url, sender.queue) == 14
    with sender.running():  # another process
        sender.rounds(3)
        assert (left_in(sender.url, sender.queue), sender.published) == (14, 14)
        with errand(sender.url, "test:lose") as admin:
            admin.channel.queue_purge(sender.queue)
        eventually(lambda: left_in(sender.url, sender.queue) == 14, "the lost ones", 20)
        sender.rounds(3)
        assert (left_in(sender.url, sender.queue), sender.published) == (14, 28)


def test_a_queue_that_is_not_there_is_not_known(broker: NodeInfo, sender: Sender) -> None:
    missing = f"{sender.addressee}.none"
    assert seen_depths(broker.url, [missing, sender.queue]) == {missing: None, sender.queue: QueueDepth(0, 0)}
