"""Consuming: in order, acknowledged only when handled, given out again when not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pika.spec import BasicProperties

from exchange.broker.admin.errand import errand
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import stamps_arrival
from exchange.broker.traffic import consumer
from exchange.errors import BadTopology, DatabaseUnavailable
from exchange.messaging.ports import Delivery
from exchange.store import Store, open_store
from tests.contract.relay import Relay
from tests.contract.traffic import (
    PATIENCE,
    Taken,
    consuming,
    eventually,
    left_in,
    numbers,
    publications,
    publishing,
    put,
)

pytestmark = pytest.mark.broker

PREFETCH = 200
"""The most that can be given out again after a cut."""


@pytest.fixture
def member(provisioned: Callable[..., None], domain: str) -> str:
    provisioned([f"{domain}.b"])
    return f"{domain}.b"


@pytest.fixture
def queue(member: str) -> str:
    return f"{member}.inbox"


@pytest.fixture
def relay(broker: NodeInfo) -> Iterator[Relay]:
    relay = Relay(broker.url)
    yield relay
    relay.close()


class Refusing:
    """A handler's database that is away until it is back; counts how often it was asked."""

    def __init__(self) -> None:
        self.away = True
        self.batches = 0
        self.questions = 0

    def look(self, deliveries: Sequence[Delivery]) -> None:
        """Raises while away."""
        if deliveries:
            self.batches += 1
        else:
            self.questions += 1
        if self.away:
            raise DatabaseUnavailable("away")


def put_raw(url: str, queue: str, headers: dict[str, Any]) -> None:
    """Puts a message with any headers into a queue."""
    with errand(url, "test:put") as admin:
        admin.channel.basic_publish("", queue, b"x", BasicProperties(headers=headers, message_id="m"), mandatory=True)


def test_messages_are_handled_in_order_in_bounded_batches_and_nothing_is_left(broker: NodeInfo, queue: str) -> None:
    put(broker.url, "t.a", publications(queue, 500))
    taken = Taken()
    with consuming(broker.url, [queue], taken.take, max_batch=20):
        assert numbers(taken.first(500)) == list(range(500))
    assert max(len(batch) for batch in taken.batches) == 20
    assert len(taken.batches) < 100
    assert left_in(broker.url, queue) == 0


def test_a_lone_message_does_not_wait_for_a_full_batch(broker: NodeInfo, queue: str) -> None:
    taken = Taken()
    with consuming(broker.url, [queue], taken.take, max_batch=50, max_wait=0.01):
        put(broker.url, "t.a", publications(queue, 1))
        assert numbers(taken.first(1)) == [0]


class AsWritten(BasicProperties):  # type: ignore[misc]
    """Properties with one header of any type, as a client of somebody's own can write them."""

    def __init__(self, name: bytes, value: bytes) -> None:
        super().__init__()
        self._table = bytes([len(name)]) + name + value

    def encode(self) -> list[bytes]:
        """As pika writes properties: which of them there are, and each of them."""
        return [b"\x20\x00", len(self._table).to_bytes(4, "big"), self._table]


HOSTILE: dict[str, BasicProperties] = {
    "a date of the year 33658": AsWritten(b"k", b"T" + (10**12).to_bytes(8, "big")),
    "an id in no UTF-8": BasicProperties(message_id=b"\xff"),
    "a header's name in no UTF-8": AsWritten(b"\xff", b"I" + bytes(4)),
}
"""Properties that the broker carries, and that a reader may stumble over."""


def test_no_properties_of_a_sender_keep_what_comes_after_from_being_taken(broker: NodeInfo, queue: str) -> None:
    with errand(broker.url, "test:hostile") as admin:
        admin.channel.confirm_delivery()
        key: Any = b"to.%s.from.\xff.from.t.a" % queue.encode()
        admin.channel.basic_publish("documents", key, b"x", BasicProperties(), mandatory=True)
        for properties in HOSTILE.values():
            admin.channel.basic_publish("", queue, b"x", properties, mandatory=True)
    put(broker.url, "t.a", publications(queue, 1))
    taken = Taken()
    with consuming(broker.url, [queue], taken.take):
        found = taken.first(len(HOSTILE) + 2)
    assert numbers(found[-1:]) == [0]
    assert not any(delivery.redelivered for delivery in found), "the connection was not lost meanwhile"
    assert all(delivery.message_id is None or isinstance(delivery.message_id, str) for delivery in found)


def test_messages_large_together_are_handled_in_smaller_batches(broker: NodeInfo, queue: str) -> None:
    put(broker.url, "t.a", publications(queue, 5, body=bytes(4 * 2**20)))
    taken = Taken()
    with consuming(broker.url, [queue], taken.take, max_wait=0.5):
        taken.first(5)
    assert max(len(batch) for batch in taken.batches) <= 3


def test_nothing_is_acknowledged_before_the_handler_has_returned(broker: NodeInfo, queue: str, relay: Relay) -> None:
    put(broker.url, "t.a", publications(queue, 10))
    entered, go_on = threading.Event(), threading.Event()

    def wait(deliveries: Sequence[Delivery]) -> None:
        entered.set()
        assert go_on.wait(PATIENCE)

    slow, second = Taken(wait), Taken()
    with consuming(relay.url, [queue], slow.take):
        assert entered.wait(PATIENCE)
        relay.go_away()
        with consuming(broker.url, [queue], second.take):
            again = second.first(10)
        go_on.set()
    assert numbers(again) == list(range(10))
    assert all(delivery.redelivered for delivery in again)


def test_what_was_delivered_on_a_lost_connection_is_never_acknowledged_on_the_next(
    broker: NodeInfo, queue: str, relay: Relay
) -> None:
    put(broker.url, "t.a", publications(queue, 10))
    entered, go_on = threading.Event(), threading.Event()

    def wait_once(deliveries: Sequence[Delivery]) -> None:
        if not entered.is_set():
            entered.set()
            assert go_on.wait(PATIENCE)

    taken = Taken(wait_once)
    with consuming(relay.url, [queue], taken.take, max_batch=5, max_wait=1.0) as consumer:
        assert entered.wait(PATIENCE)
        relay.cut()
        eventually(lambda: not consumer.state.connected, "the loss")
        eventually(lambda: consumer.state.connected, "the reconnection")
        go_on.set()
        taken.wait(lambda: len(taken.all) >= 15, "the second delivery")
    assert numbers(taken.all) == [*range(5), *range(10)]
    assert left_in(broker.url, queue) == 0


def test_cut_connections_lose_nothing_and_keep_the_order(broker: NodeInfo, queue: str, relay: Relay) -> None:
    total = 2000
    taken = Taken()
    with consuming(relay.url, [queue], taken.take, prefetch=PREFETCH), publishing(broker.url, "t.a") as (publisher, _):
        for cut in range(4):
            publisher.publish(publications(queue, total // 4, first=cut * (total // 4)))
            taken.first(cut * (total // 4) + 1)
            relay.cut()
        taken.wait(lambda: len(set(numbers(taken.all))) == total, "the arrival of every message")
    seen: list[int] = []
    for number, delivery in zip(numbers(taken.all), taken.all, strict=True):
        if number in seen[-PREFETCH:]:
            assert delivery.redelivered
        else:
            seen.append(number)
    assert seen == list(range(total))


def test_a_handler_that_raises_gets_the_same_messages_again_in_order(broker: NodeInfo, queue: str) -> None:
    put(broker.url, "t.a", publications(queue, 100))
    database = Refusing()
    taken = Taken(database.look)
    with consuming(broker.url, [queue], taken.take) as consumer:
        eventually(lambda: database.batches == 1 and not consumer.state.connected, "the rest after the failure")
        eventually(lambda: left_in(broker.url, queue) == 100, "the messages' return to the queue")
        database.away = False
        assert numbers(taken.first(100)) == list(range(100))
        eventually(lambda: consumer.state.connected, "the end of the rest")
    assert left_in(broker.url, queue) == 0


def test_a_database_that_is_away_for_long_costs_a_message_one_delivery_only(broker: NodeInfo, queue: str) -> None:
    put(broker.url, "t.a", publications(queue, 1))
    database = Refusing()
    taken = Taken(database.look)
    with consuming(broker.url, [queue], taken.take):
        eventually(lambda: database.questions >= 3, "three questions in vain")
        database.away = False
        [delivery] = taken.first(1)
    assert database.batches == 2
    assert delivery.headers["x-delivery-count"] == 1


def test_a_full_database_costs_a_message_one_delivery_however_often_it_is_tried(
    broker: NodeInfo, queue: str, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own limit stands for the disk's: an empty step is committed, a batch is not."""
    monkeypatch.setattr(consumer, "REST_MOST", 0.5)
    put(broker.url, "t.a", publications(queue, 1))
    with open_store(sqlite_url, member="t.b") as store:
        store.migrate()
        pages = limit_pages(store, None)
        limit_pages(store, pages)
        asked: list[int] = []

        def record(deliveries: Sequence[Delivery]) -> None:
            with store.transaction() as tx:
                tx.set_meta("taken", "x" * 100_000 * len(deliveries))

        def can_take(octets: int) -> None:
            asked.append(octets)
            store.try_writing(octets + 100_000)

        taken = Taken(record)
        record([])  # there is room for that
        with consuming(broker.url, [queue], taken.take, can_take=can_take):
            eventually(lambda: len(asked) >= 4, "four questions in vain")
            limit_pages(store, 1_000_000)
            [delivery] = taken.first(1)
        assert delivery.headers["x-delivery-count"] == 1
        assert asked[0] == len(delivery.body)


def limit_pages(store: Store, most: int | None) -> int:
    """Lets a database grow to so many pages on the one connection that is used, or tells how many it has."""
    with store._engine.connect() as connection:
        command = "page_count" if most is None else f"max_page_count={most}"
        return int(connection.exec_driver_sql(f"PRAGMA {command}").scalar_one())


def test_a_queue_whose_handler_fails_does_not_hold_up_the_others(broker: NodeInfo, member: str) -> None:
    ordinary, urgent = f"{member}.inbox", f"{member}.inbox.urgent"

    def fail_ordinary(deliveries: Sequence[Delivery]) -> None:
        if not deliveries or deliveries[0].queue == ordinary:
            raise DatabaseUnavailable("away")

    taken = Taken(fail_ordinary)
    with consuming(broker.url, [urgent, ordinary], taken.take):
        put(broker.url, "t.a", publications(ordinary, 10))
        put(broker.url, "t.a", publications(urgent, 10, first=10))
        assert numbers(taken.first(10)) == list(range(10, 20))


def test_urgent_messages_overtake_ordinary_ones_that_wait(broker: NodeInfo, member: str) -> None:
    ordinary, urgent = f"{member}.inbox", f"{member}.inbox.urgent"
    entered, go_on = threading.Event(), threading.Event()

    def wait_at_first(deliveries: Sequence[Delivery]) -> None:
        entered.set()
        assert go_on.wait(PATIENCE)

    taken = Taken(wait_at_first)
    put(broker.url, "t.a", publications(ordinary, 200))
    with consuming(broker.url, [urgent, ordinary], taken.take, max_batch=10) as consumer:
        assert entered.wait(PATIENCE)
        put(broker.url, "t.a", publications(urgent, 5, first=1000))
        eventually(lambda: consumer._lanes[0].waiting == 5, "the urgent messages' delivery")
        go_on.set()
        taken.first(205)
    assert numbers(taken.batches[1]) == list(range(1000, 1005))


def test_what_stood_in_the_queue_before_is_backlog_and_what_comes_later_is_not(broker: NodeInfo, queue: str) -> None:
    put(broker.url, "t.a", publications(queue, 300))
    taken = Taken()
    with consuming(broker.url, [queue], taken.take):
        assert {delivery.backlog for delivery in taken.first(300)} == {True}
        put(broker.url, "t.a", publications(queue, 50, first=300))
        assert {delivery.backlog for delivery in taken.first(350)[300:]} == {False}


def test_messages_given_back_use_up_nobody_elses_share_of_the_backlog(
    broker: NodeInfo, queue: str, relay: Relay
) -> None:
    put(broker.url, "t.a", publications(queue, 40))
    entered, go_on = threading.Event(), threading.Event()

    def hold(deliveries: Sequence[Delivery]) -> None:
        entered.set()
        assert go_on.wait(PATIENCE)

    first, second = Taken(hold), Taken()
    with consuming(relay.url, [queue], first.take, prefetch=20):
        assert entered.wait(PATIENCE)
        relay.go_away()
        with consuming(broker.url, [queue], second.take):
            again = second.first(40)
        go_on.set()
    assert {delivery.backlog for delivery in again} == {True}


def test_the_arrival_stamp_is_taken_only_where_the_broker_is_known_to_set_it(broker: NodeInfo, queue: str) -> None:
    put_raw(broker.url, queue, {"timestamp_in_ms": 1})
    trusts = stamps_arrival(broker.url)
    taken = Taken()
    with consuming(broker.url, [queue], taken.take, trust_stamp=trusts):
        [delivery] = taken.first(1)
    if trusts:
        assert delivery.stamp is not None
        assert abs(delivery.stamp - datetime.now(UTC)) < timedelta(minutes=1)
    else:
        assert delivery.stamp is None


def test_deaths_that_a_client_claims_are_not_handed_on(broker: NodeInfo, queue: str) -> None:
    put_raw(broker.url, queue, {"x-death": [{"queue": queue, "count": 99}], "kept": "yes"})
    taken = Taken()
    with consuming(broker.url, [queue], taken.take):
        [delivery] = taken.first(1)
    assert "x-death" not in delivery.headers
    assert delivery.headers["kept"] == "yes"


def test_a_missing_queue_is_named_at_once(broker: NodeInfo, domain: str) -> None:
    with (
        pytest.raises(BadTopology, match=f"{domain}.nobody.inbox"),
        consuming(broker.url, [f"{domain}.nobody.inbox"], Taken().take),
    ):
        pass


def test_a_deleted_queue_is_noticed_and_the_other_goes_on(broker: NodeInfo, member: str) -> None:
    ordinary, urgent = f"{member}.inbox", f"{member}.inbox.urgent"
    taken = Taken()
    with consuming(broker.url, [urgent, ordinary], taken.take) as consumer:
        with errand(broker.url, "test") as admin:
            admin.channel.queue_delete(ordinary)
        eventually(lambda: not consumer.state.connected, "the notice")
        put(broker.url, "t.a", publications(urgent, 3))
        assert numbers(taken.first(3)) == [0, 1, 2]


def test_two_windows_on_one_arbiter_queue_are_served_one_after_the_other(
    broker: NodeInfo, provisioned: Callable[..., None], domain: str
) -> None:
    window = f"{domain}.w"
    provisioned([window], [window])
    opinions = f"{window}.opinions"
    active, standby = Taken(), Taken()
    with consuming(broker.url, [opinions], active.take) as consumer, consuming(broker.url, [opinions], standby.take):
        put(broker.url, "t.a", publications(opinions, 100))
        active.first(100)
        assert not standby.all
        consumer.close()
        put(broker.url, "t.a", publications(opinions, 100, first=100))
        assert numbers(standby.first(100)) == list(range(100, 200))
