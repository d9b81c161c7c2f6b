"""A member that floods its relay office: it is kept out by its account, and what others send goes on meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pika.spec import BasicProperties

from exchange.broker.admin.errand import errand
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.traffic.topology import DOCUMENTS, routing_key
from exchange.messaging.inbox import Inbox
from exchange.messaging.quotas.breakers import Breakers
from exchange.messaging.rules.breaker import Breach, SenderLimits
from tests.contract.traffic import left_in
from tests.journeys.city import wait_until
from tests.journeys.two_levels import HEALTH, PLANNING, RELAY, TRANSPORT, Levels, two_levels

pytestmark = pytest.mark.broker


@pytest.fixture
def levels(tmp_path: Path, broker: NodeInfo) -> Iterator[Levels]:
    if broker.management_url is None:
        pytest.skip("accounts need EXCHANGE_MANAGEMENT_URL")
    with two_levels(tmp_path, broker, broker) as levels:
        yield levels


def flood(levels: Levels, count: int) -> None:
    """By transport's account, what is no envelope, for the relay office to pass on."""
    queue = f"{RELAY}.transit"
    with errand(levels.upper.link(TRANSPORT).url, "flood") as member:
        said = BasicProperties(delivery_mode=2, user_id=TRANSPORT)
        for number in range(count):
            member.channel.basic_publish(DOCUMENTS, routing_key(queue, TRANSPORT), f"{number} ".encode() * 600, said)


def test_what_floods_a_relay_office_is_kept_out_and_the_others_go_on(levels: Levels) -> None:
    levels.upper.members[RELAY]._gate._limits = SenderLimits(unproved=50)
    flood(levels, 1500)
    down, up = levels.send(HEALTH, PLANNING, ["down"]), levels.send(PLANNING, HEALTH, ["up"])
    levels.settled(HEALTH, down, "delivered")
    levels.settled(PLANNING, up, "delivered")
    wait_until(lambda: left_in(levels.upper.info.url, f"{RELAY}.transit") == 0, what="the flood's end")
    relay = levels.upper.nodes[RELAY]
    with relay.store.reading() as tx:
        letters = tx[Inbox].dead_letters(5000)
    assert len(letters) < 400, "most of it was not even looked at"
    assert all(len(one.envelope) == 1024 < one.octets for one in letters), "and of what was, the first KiB is kept"

    def opened() -> bool:
        with relay.store.reading() as tx:
            return [(one.source, one.breach) for one in tx[Breakers].every()] == [(TRANSPORT, Breach.UNPROVED)]

    wait_until(opened, what="the breaker on record")
