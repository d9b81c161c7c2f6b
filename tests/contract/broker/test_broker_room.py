"""Room at the broker: octets a queue holds, and octets a message has."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.room import limit_queues, message_size, policy_name, unlimited_queues
from exchange.broker.traffic.topology import MAX_BODY
from exchange.messaging.ports import PublishOutcome
from tests.contract.traffic import Taken, consuming, eventually, publications, publishing

pytestmark = pytest.mark.broker

_ROOM = 2**20


@pytest.fixture
def management(broker: NodeInfo, domain: str) -> Iterator[ManagementClient]:
    if broker.management_url is None:
        pytest.skip("policies need EXCHANGE_MANAGEMENT_URL")
    with ManagementClient(broker.management_url, broker.url) as client:
        yield client
        client._delete(f"/api/operator-policies/{client._quoted(client.vhost)}/{policy_name(domain)}")


def test_a_queue_that_is_there_already_is_bounded_and_refuses_what_does_not_fit(
    broker: NodeInfo, provisioned: Callable[..., None], domain: str, management: ManagementClient
) -> None:
    mine, other = f"{domain}.a", f"{domain}.b"
    provisioned([mine, other])
    queue = f"{mine}.inbox"
    assert queue in unlimited_queues(management, {queue})
    with publishing(broker.url, other) as (publisher, fates):
        publisher.publish(publications(queue, 1, body=bytes(1000)))
        assert fates.outcomes(1) == {PublishOutcome.CONFIRMED}
    limit_queues(management, domain, _ROOM)
    eventually(lambda: not unlimited_queues(management, {queue}), "the policy in force")

    with publishing(broker.url, other) as (publisher, fates):
        sent = 0
        for _ in range(40):  # a queue counts what is being written a moment later
            publisher.publish(publications(queue, 1, first=sent, body=bytes(_ROOM // 8)))
            sent += 1
            if fates.of(sent)[sent - 1].outcome is PublishOutcome.REFUSED:
                break
        assert fates.of(sent)[sent - 1].outcome is PublishOutcome.REFUSED
        publisher.publish(publications(f"{other}.inbox", 1, first=sent))
        assert fates.of(sent + 1)[sent].outcome is PublishOutcome.CONFIRMED, "another queue is not full by that"

        taken = Taken()
        with consuming(broker.url, [queue], taken.take):
            taken.wait(lambda: len(taken.all) == sent, "all that was confirmed")
        publisher.publish(publications(queue, 1, first=sent + 1))
        assert fates.of(sent + 2)[sent + 1].outcome is PublishOutcome.CONFIRMED, "it takes again once there is room"


def test_a_broker_says_whether_it_takes_just_what_an_envelope_may_have(
    broker: NodeInfo, provisioned: Callable[..., None], domain: str
) -> None:
    provisioned([f"{domain}.a"])
    found = message_size(broker.url, f"{domain}.a")
    assert found.takes or found.most is not None
    assert found.agrees is (found.most == MAX_BODY)
