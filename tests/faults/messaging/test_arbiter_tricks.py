"""One queue is the arbiter: whatever a sender writes beside its envelope, and wherever it sends it, moves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pika.spec import BasicProperties

from exchange.approval.records import CaseRow
from exchange.approval.rules.states import PartState
from exchange.broker.admin.errand import errand
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import stamps_arrival
from exchange.broker.traffic.topology import DOCUMENTS, routing_key
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import new_id
from exchange.messaging.outbox import Outbox
from exchange.runtime.ticking import consumed
from exchange.schemas import Verdict
from tests.faults.messaging.test_hostile_input import sealed_opinion
from tests.journeys.city import City, make_city, wait_until

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    if broker.management_url is None:
        pytest.skip("accounts need EXCHANGE_MANAGEMENT_URL")
    city = make_city(tmp_path, broker, domain, stamps=stamps_arrival(broker.url), accounts=True)
    with city.local:
        city.matter(city.approver("transport", silent=True), city.approver("planning", days=20))
        yield city


def forged_death(city: City, reason: str) -> list[dict[str, Any]]:
    """What the broker notes of a message that a queue gave up, written by its sender."""
    queue = f"{city.address('window')}.opinions"
    at = datetime(2001, 1, 1, tzinfo=UTC)
    keys = [routing_key(queue, city.address("planning"))]
    return [
        {"count": 0, "reason": reason, "queue": queue, "time": at, "exchange": DOCUMENTS, "routing-keys": keys},
    ]


def deliver(city: City, case: CaseRow, queue: str, signed: datetime, **properties: Any) -> str:
    """Transport's objection, put into a queue of the window's by its own account; returns the message's id."""
    name, message_id = city.address("transport"), new_id()
    opinion = city.opinion("transport", case, Verdict.DISAGREE, reasons="车流量过大", basis=("第三十二条",))
    body = sealed_opinion(city, "transport", opinion, message_id=message_id, created_at=signed)
    said = BasicProperties(delivery_mode=2, user_id=name, message_id=message_id, **properties)
    with errand(city.local.link(name).url, "test") as member:
        member.channel.confirm_delivery()
        key = routing_key(f"{city.address('window')}.{queue}", name)
        member.channel.basic_publish(DOCUMENTS, key, body, said, mandatory=True)
    return message_id


def tricks(city: City) -> dict[str, dict[str, Any]]:
    """Properties by which a sender might move its message."""
    return {
        "expiration": {"expiration": "1"},
        "expired": {"expiration": "1", "headers": {"x-death": forged_death(city, "expired")}},
        "plain": {},
        "priority": {"priority": 9},
        "stamp": {"headers": {"timestamp_in_ms": 1}, "timestamp": 1},
        "death": {"headers": {"x-death": forged_death(city, "rejected"), "x-delivery-count": 19}},
    }


def written(city: City, name: str) -> int:
    with city.node(name).store.reading() as tx:
        return tx[Outbox].counts().get("written", 0)


def noted_done(city: City) -> datetime:
    """By when the window has dealt with all that came, noted as it does every second: what it knows after a stop."""
    consumer = city.local.members[city.address("window")]._consumer
    assert consumer is not None
    with city.window.store.transaction() as tx:
        consumed.note_done(tx, consumer, city.clock)
        return consumed.noted_done(tx, city.clock.now())


def depth(city: City, name: str) -> int:
    with errand(city.local.info.url, "test") as admin:
        return int(admin.channel.queue_declare(f"{city.address('window')}.{name}", passive=True).method.message_count)


def test_a_late_opinion_beats_no_deemed_consent_that_waits_wherever_and_however_it_is_sent(city: City) -> None:
    ways = [("inbox", {}), ("inbox.urgent", {}), ("inbox", {"expiration": "1"})]
    ways += [("opinions", said) for said in tricks(city).values()]
    cases = [city.submit(settle=False) for _ in ways]
    city.local.settle()
    city.through(3)
    in_time = city.clock.now() - timedelta(hours=8)
    city.clock.step_to(over := city.clock.now() + timedelta(days=1))
    wait_until(lambda: noted_done(city) >= over, what="a window that has noted that it has dealt with all that came")
    city.local.stop(city.address("window"))
    city.step_to(over, settle=False)
    wait_until(lambda: written(city, "monitor") == 0, what="the deemed consents at the broker")
    for case, (queue, said) in zip(cases, ways, strict=True):
        deliver(city, case, queue, in_time, **said)

    city.local.start(city.address("window"))
    wait_until(lambda: all(depth(city, name) == 0 for name in ("inbox", "inbox.urgent", "opinions", "dead")), 30)
    city.local.settle()

    states = [(*way, city.part(case, "transport").state) for case, way in zip(cases, ways, strict=True)]
    assert {state for *_, state in states} == {PartState.DEEMED}, states


def test_an_opinion_in_time_counts_whatever_its_sender_wrote_beside_it(city: City) -> None:
    ways = tricks(city)
    cases = [city.submit(settle=False) for _ in ways]
    city.local.settle()
    city.through(3)
    city.local.stop(city.address("window"))
    for case, said in zip(cases, ways.values(), strict=True):
        deliver(city, case, "opinions", city.clock.now(), **said)
    wait_until(lambda: depth(city, "dead") == 2, what="what expired at the head of its queue")
    city.step_to(city.clock.now() + timedelta(days=1), settle=False)
    wait_until(lambda: written(city, "monitor") == 0, what="the deemed consents at the broker")

    city.local.start(city.address("window"))
    wait_until(lambda: depth(city, "opinions") + depth(city, "dead") == 0, what="empty queues")
    city.local.settle()

    states = {way: city.part(case, "transport").state for case, way in zip(cases, ways, strict=True)}
    assert set(states.values()) == {PartState.ANSWERED}, states


def test_what_belongs_to_another_queue_goes_back_with_a_signed_receipt(city: City) -> None:
    case = city.submit()
    message_id = deliver(city, case, "inbox", city.clock.now())
    key = (city.address("transport"), message_id)

    def known() -> bool:
        with city.window.store.reading() as tx:
            return key in tx[Inbox].known([key])

    wait_until(known, what="the message on record")
    with city.window.store.reading() as tx:
        found = tx[Inbox].known([key])[key]
    assert found.receipt_id is not None
    assert city.part(case, "transport").state is PartState.SIGNED
