"""Publishing: every publication has exactly one fate, whatever happens to the connection."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from exchange.broker.admin.errand import errand
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.traffic.publisher import ConfirmedPublisher
from exchange.broker.traffic.topology import DOCUMENTS, MAX_BODY, routing_key
from exchange.errors import BrokerUnavailable
from exchange.messaging.ports import PublishOutcome
from tests.contract.relay import Relay
from tests.contract.traffic import Taken, consuming, get_one, left_in, numbers, publications, publishing, put

pytestmark = pytest.mark.broker


@pytest.fixture
def queue(provisioned: Callable[..., None], domain: str) -> str:
    provisioned([f"{domain}.b"])
    return f"{domain}.b.inbox"


@pytest.fixture
def relay(broker: NodeInfo) -> Iterator[Relay]:
    relay = Relay(broker.url)
    yield relay
    relay.close()


def test_five_thousand_publications_are_all_confirmed_and_arrive_in_order(broker: NodeInfo, queue: str) -> None:
    taken = Taken()
    with publishing(broker.url, "t.a") as (publisher, fates), consuming(broker.url, [queue], taken.take):
        publisher.publish(publications(queue, 5000))
        assert fates.outcomes(5000) == {PublishOutcome.CONFIRMED}
        assert numbers(taken.first(5000)) == list(range(5000))


def test_only_the_message_without_a_queue_is_unroutable(broker: NodeInfo, queue: str, domain: str) -> None:
    nowhere = f"{domain}.nobody.inbox"
    with publishing(broker.url, "t.a") as (publisher, fates):
        publisher.publish(
            publications(queue, 50) + publications(nowhere, 1, first=50) + publications(queue, 50, first=51)
        )
        found = fates.of(101)
    assert [number for number, fate in found.items() if fate.outcome is PublishOutcome.UNROUTABLE] == [50]
    assert nowhere in found[50].reason
    assert left_in(broker.url, queue) == 100


def test_the_same_message_to_a_queue_that_is_there_and_one_that_is_not_has_two_fates(
    broker: NodeInfo, queue: str, domain: str
) -> None:
    [there] = publications(queue, 1)
    gone = replace(there, id=1, queue=f"{domain}.nobody.inbox")
    with publishing(broker.url, "t.a") as (publisher, fates):
        publisher.publish([there, gone])
        found = fates.of(2)
    assert found[0].outcome is PublishOutcome.CONFIRMED
    assert found[1].outcome is PublishOutcome.UNROUTABLE


def test_a_message_goes_out_with_what_routing_and_operators_need(broker: NodeInfo, queue: str) -> None:
    with publishing(broker.url, "t.a") as (publisher, fates):
        publisher.publish(publications(queue, 1, body=b"sealed", headers={"attempt": 2}))
        fates.of(1)
    properties, body = get_one(broker.url, queue)
    assert body == b"sealed"
    assert properties.message_id == "00000000-0000-0000-0000-000000000000"
    assert (properties.correlation_id, properties.type) == ("conversation", "document")
    assert (properties.content_type, properties.app_id, properties.delivery_mode) == ("application/cose", "yizhan", 2)
    assert properties.headers["attempt"] == 2


def test_a_full_queue_refuses_and_says_so(broker: NodeInfo, domain: str) -> None:
    full = f"{domain}.full"
    with errand(broker.url, "test") as admin:
        arguments = {"x-queue-type": "quorum", "x-overflow": "reject-publish", "x-max-length": 1}
        admin.channel.queue_declare(full, durable=True, arguments=arguments)
        admin.channel.exchange_declare(DOCUMENTS, "topic", durable=True)
        admin.channel.queue_bind(full, DOCUMENTS, routing_key(full, "#"))
    with publishing(broker.url, "t.a") as (publisher, fates):
        for number in range(20):
            publisher.publish(publications(full, 1, first=number))
            fates.of(number + 1)
    outcomes = {fate.outcome for fate in fates.all}
    assert outcomes == {PublishOutcome.CONFIRMED, PublishOutcome.REFUSED}
    assert fates.all[-1].outcome is PublishOutcome.REFUSED


def test_what_amqp_can_never_carry_ends_alone_and_says_why(broker: NodeInfo, queue: str) -> None:
    with publishing(broker.url, "t.a", max_bytes=64 * 2**20) as (publisher, fates):
        publisher.publish(publications("q" * 300, 1) + publications(queue, 1, first=1))
        publisher.publish(publications(queue, 1, first=2, body=bytes(MAX_BODY + 1)))
        found = fates.of(3)
    assert [found[number].outcome for number in range(3)] == [
        PublishOutcome.IMPOSSIBLE,
        PublishOutcome.CONFIRMED,
        PublishOutcome.IMPOSSIBLE,
    ]
    assert "routing key has 312 octets, AMQP carries 255" in found[0].reason


def test_after_cut_connections_everything_is_there_once_what_was_lost_is_sent_again(
    broker: NodeInfo, queue: str, relay: Relay
) -> None:
    total, cuts = 3000, 3
    with publishing(relay.url, "t.a") as (publisher, fates):
        for cut in range(cuts):
            publisher.publish(publications(queue, total // cuts, first=cut * (total // cuts)))
            relay.cut()
        lost = [result.id for result in fates.of(total).values() if result.outcome is PublishOutcome.LOST]
    assert lost, "the cuts came too late to lose anything"
    put(broker.url, "t.a", [publication for number in lost for publication in publications(queue, 1, first=number)])
    taken = Taken()
    with consuming(broker.url, [queue], taken.take):
        taken.wait(lambda: set(numbers(taken.all)) == set(range(total)), "the arrival of every message")


def test_an_overdue_confirm_costs_the_channel_and_the_publisher_goes_on(queue: str, relay: Relay) -> None:
    with publishing(relay.url, "t.a", confirm_timeout=0.3) as (publisher, fates):
        relay.hold_answers()
        publisher.publish(publications(queue, 5))
        assert fates.outcomes(5) == {PublishOutcome.LOST}
        assert "no confirm" in fates.all[0].reason
        relay.let_answers_through()
        publisher.publish(publications(queue, 5, first=5))
        assert {fates.of(10)[number].outcome for number in range(5, 10)} == {PublishOutcome.CONFIRMED}


@pytest.mark.parametrize("bound", [{"max_messages": 10}, {"max_bytes": 10}])
def test_publishing_blocks_while_too_much_is_in_flight(queue: str, relay: Relay, bound: dict[str, int]) -> None:
    with publishing(relay.url, "t.a", **bound) as (publisher, fates):
        relay.hold_answers()
        publisher.publish(publications(queue, 10))
        handed_over = threading.Event()

        def one_more() -> None:
            publisher.publish(publications(queue, 1, first=10))
            handed_over.set()

        threading.Thread(target=one_more, daemon=True).start()
        assert not handed_over.wait(0.3)
        relay.let_answers_through()
        assert fates.outcomes(11) == {PublishOutcome.CONFIRMED}
        assert handed_over.wait(5)


def test_publications_wait_while_the_broker_is_away(queue: str, relay: Relay) -> None:
    with publishing(relay.url, "t.a") as (publisher, fates):
        relay.go_away()
        publisher.publish(publications(queue, 20))
        relay.come_back()
        noticed = {number for number, fate in fates.of(20).items() if fate.outcome is PublishOutcome.LOST}
        assert noticed in (set(), set(range(20))), "handed over at once, so before or after the loss was noticed"
        publisher.publish(publications(queue, 20, first=20))
        assert {fates.of(40)[number].outcome for number in range(20, 40)} == {PublishOutcome.CONFIRMED}


def test_a_closed_publisher_reports_what_it_can_no_longer_send_as_lost(broker: NodeInfo, queue: str) -> None:
    with publishing(broker.url, "t.a") as (publisher, fates):
        publisher.close()
        publisher.publish(publications(queue, 3))
        assert fates.outcomes(3) == {PublishOutcome.LOST}


def test_a_broker_that_is_not_there_is_reported_within_the_given_patience() -> None:
    publisher = ConfirmedPublisher("amqp://u:secret@127.0.0.1:1/%2F", sender="t.a", on_results=lambda _: None)
    with pytest.raises(BrokerUnavailable, match=r"127\.0\.0\.1:1") as caught:
        publisher.start(patience=0.5)
    assert "secret" not in caught.value.diagnostics()


def test_a_wrong_password_is_reported_at_once(broker: NodeInfo) -> None:
    place = broker.url.rpartition("@")[2]
    publisher = ConfirmedPublisher(f"amqp://nobody:wrong@{place}", sender="t.a", on_results=lambda _: None)
    with pytest.raises(BrokerUnavailable, match="denies this account"):
        publisher.start(patience=20)


def test_a_vhost_that_does_not_exist_is_reported_at_once(broker: NodeInfo) -> None:
    url = broker.url.rpartition("/")[0] + "/no-such-vhost"
    publisher = ConfirmedPublisher(url, sender="t.a", on_results=lambda _: None)
    with pytest.raises(BrokerUnavailable, match="denies this account or vhost"):
        publisher.start(patience=20)
