"""A portal's account at the broker: it reaches the inbox of its window, and is reached by it; nothing else."""

from __future__ import annotations

from contextlib import suppress

import pytest
from pika.spec import BasicProperties

from exchange.broker.admin.errand import errand
from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import lets_copies_through
from exchange.broker.admin.provision import Extras, MemberAccount, provision
from exchange.broker.traffic.link import Link
from exchange.broker.traffic.topology import DOCUMENTS, dead_queue, queues_of, routing_key
from exchange.broker.traffic.uplink import transit_queues
from exchange.broker.traffic.urls import with_credentials
from exchange.directory.addressing import uplink_queue
from exchange.errors import BadTopology
from exchange.messaging.ports import PublishOutcome
from exchange.operations.health.checkups.rights import bound
from exchange.schemas import Role
from tests.contract.broker.test_broker_accounts import publish_to
from tests.contract.traffic import Taken, consuming, publications, publishing

pytestmark = pytest.mark.broker

ROLES = {"window": Role.WINDOW, "fire": Role.DEPARTMENT, "monitor": Role.MONITOR, "relay": Role.RELAY,
         "portal": Role.PORTAL}  # fmt: skip


@pytest.fixture
def urls(broker: NodeInfo, domain: str) -> dict[str, str]:
    """A small city with an account for each of its members: AMQP URLs by the members' short names."""
    if broker.management_url is None:
        pytest.skip("accounts need EXCHANGE_MANAGEMENT_URL")
    members = {name: f"{domain}.{name}" for name in ROLES}
    extras = Extras([members["relay"]])
    provision(broker.url, list(members.values()), [members["window"]], lambda line: None, settle=0.0, extras=extras)
    with ManagementClient(broker.management_url, broker.url) as management:
        for name, address in members.items():
            superior = members["window"] if name == "portal" else None
            management.put_member(MemberAccount.of(address, f"secret-of-{name}", (ROLES[name],), superior))
    return {name: with_credentials(broker.url, address, f"secret-of-{name}") for name, address in members.items()}


def test_a_portal_and_its_window_write_to_each_other(urls: dict[str, str], domain: str) -> None:
    portal, window = f"{domain}.portal", f"{domain}.window"
    for writer, reader in ((portal, window), (window, portal)):
        taken = Taken()
        own = urls[writer.rpartition(".")[2]]
        with (
            consuming(urls[reader.rpartition(".")[2]], queues_of(reader, reader == window), taken.take),
            publishing(own, writer, user_id=writer) as (publisher, fates),
        ):
            publisher.publish(publications(f"{reader}.inbox", 2))
            publisher.publish(publications(f"{reader}.inbox.urgent", 2, first=2))
            assert fates.outcomes(4) == {PublishOutcome.CONFIRMED}
            assert {delivery.user_id for delivery in taken.first(4)} == {writer}


def test_a_portal_reaches_no_department_no_monitor_no_relay_office_and_no_opinions(
    urls: dict[str, str], domain: str
) -> None:
    portal = f"{domain}.portal"
    queues = [f"{domain}.{name}.inbox" for name in ("fire", "monitor", "relay", "portal")]
    queues += [f"{domain}.fire.inbox.urgent", f"{domain}.window.opinions", *transit_queues(f"{domain}.relay")]
    queues += [uplink_queue("upper"), dead_queue(f"{domain}.window")]
    with publishing(urls["portal"], portal, user_id=portal) as (publisher, fates):
        for number, queue in enumerate(queues):
            publisher.publish(publications(queue, 1, first=number))
            assert fates.of(number + 1)[number].outcome is PublishOutcome.LOST, queue
            assert "403" in fates.of(number + 1)[number].reason, queue


def test_a_copy_of_what_goes_to_the_window_goes_no_further_than_the_brokers_release_lets_it(
    urls: dict[str, str], domain: str
) -> None:
    """Older brokers hold a copy's key against nothing, for any member; its receiver returns what came so."""
    copies = [routing_key(f"{domain}.fire.inbox", f"{domain}.portal")]
    lets_through = lets_copies_through(urls["fire"], f"{domain}.fire")
    said = BasicProperties(headers={"CC": copies}, user_id=f"{domain}.portal")
    key = routing_key(f"{domain}.window.inbox", f"{domain}.portal")
    with suppress(BadTopology), errand(urls["portal"], "test") as portal:
        portal.channel.confirm_delivery()
        portal.channel.basic_publish(DOCUMENTS, key, b"x", said)
    with errand(urls["fire"], "test") as fire:
        assert (fire.channel.basic_get(f"{domain}.fire.inbox") != (None, None, None)) is lets_through


@pytest.mark.parametrize("exchange", ["", "dead", "redeliver", "amq.topic"])
def test_a_portal_writes_to_no_other_exchange(urls: dict[str, str], domain: str, exchange: str) -> None:
    with pytest.raises(BadTopology, match="403"):
        publish_to(exchange, f"{domain}.window.inbox", urls["portal"])


def test_a_portal_reads_its_own_queues_and_no_others(urls: dict[str, str], domain: str) -> None:
    with errand(urls["portal"], "test") as portal:
        for queue in (*queues_of(f"{domain}.portal", False), dead_queue(f"{domain}.portal")):
            assert portal.channel.basic_get(queue) == (None, None, None)
    for queue in (f"{domain}.window.inbox", f"{domain}.fire.inbox", f"{domain}.window.opinions"):
        with pytest.raises(BadTopology, match="403"), errand(urls["portal"], "test") as portal:
            portal.channel.basic_get(queue)


def test_an_account_with_a_members_rights_is_found_by_trying_and_init_puts_it_right(
    broker: NodeInfo, urls: dict[str, str], domain: str
) -> None:
    portal = f"{domain}.portal"

    def told(link: Link) -> tuple[str, str]:
        [found] = bound(link, portal)
        return found.level, found.finding

    assert told(Link(urls["portal"], portal)) == ("good", f"{portal} writes to a window alone")
    with ManagementClient(broker.management_url or "", broker.url) as management:
        management.put_member(MemberAccount(portal, "secret-of-portal", False))
        assert told(Link(urls["portal"], portal)) == ("bad", f"{portal} may write to others than its window")
        management.put_member(MemberAccount.of(portal, "secret-of-portal", (Role.PORTAL,), f"{domain}.window"))
    assert told(Link(urls["portal"], portal))[0] == "good"
    assert told(Link(urls["portal"], None))[0] == "note"
