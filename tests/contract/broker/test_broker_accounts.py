"""What a member's account may do at the broker, and that what it may not do is said, never swallowed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exchange.broker.admin.errand import errand
from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import lets_copies_through, server_version, shows_depth
from exchange.broker.admin.provision import MemberAccount, missing_queues, provision
from exchange.broker.admin.queue_sight import seen_depths
from exchange.broker.traffic.link import Link
from exchange.broker.traffic.topology import DOCUMENTS, dead_queue, queues_of
from exchange.broker.traffic.urls import with_credentials
from exchange.errors import BadTopology, BrokerUnavailable
from exchange.messaging.ports import PublishOutcome
from exchange.messaging.rules.repetition import QueueDepth
from exchange.operations.health.checkups.rights import enforced
from tests.contract.traffic import Taken, consuming, eventually, publications, publishing

pytestmark = pytest.mark.broker


@pytest.fixture
def accounts(broker: NodeInfo, provisioned: Callable[..., None], domain: str) -> dict[str, str]:
    """Two members with their own accounts: address and AMQP URL."""
    if broker.management_url is None:
        pytest.skip("accounts need EXCHANGE_MANAGEMENT_URL")
    members = [f"{domain}.window", f"{domain}.fire-brigade"]
    provisioned(members, members[:1])
    with ManagementClient(broker.management_url, broker.url) as management:
        for address in members:
            management.put_member(MemberAccount(address, f"secret-of-{address}", address in members[:1]))
    return {address: with_credentials(broker.url, address, f"secret-of-{address}") for address in members}


def test_a_member_publishes_as_itself_and_reads_its_own_queues(accounts: dict[str, str]) -> None:
    (window, window_url), (brigade, brigade_url) = accounts.items()
    taken = Taken()
    with (
        consuming(window_url, queues_of(window, True), taken.take),
        publishing(brigade_url, brigade, user_id=brigade) as (publisher, fates),
    ):
        publisher.publish(publications(f"{window}.opinions", 3))
        assert fates.outcomes(3) == {PublishOutcome.CONFIRMED}
        assert {delivery.user_id for delivery in taken.first(3)} == {brigade}


def test_a_member_cannot_publish_under_anothers_routing_key(accounts: dict[str, str]) -> None:
    (window, _), (brigade, brigade_url) = accounts.items()
    with publishing(brigade_url, window) as (publisher, fates):
        publisher.publish(publications(f"{brigade}.inbox", 2))
        assert fates.outcomes(2) == {PublishOutcome.LOST}
    assert "403" in fates.all[0].reason


def test_a_members_name_in_a_key_is_taken_literally(accounts: dict[str, str], domain: str) -> None:
    (window, _), (_, brigade_url) = accounts.items()
    with publishing(brigade_url, f"{domain}xfire-brigade") as (publisher, fates):
        publisher.publish(publications(f"{window}.inbox", 1))
        assert fates.outcomes(1) == {PublishOutcome.LOST}


def test_a_false_user_id_is_lost_with_the_reason_and_the_publisher_goes_on(accounts: dict[str, str]) -> None:
    (window, _), (brigade, brigade_url) = accounts.items()
    with publishing(brigade_url, brigade, user_id=window) as (publisher, fates):
        for number in range(2):
            publisher.publish(publications(f"{window}.inbox", 1, first=number))
            assert fates.of(number + 1)[number].outcome is PublishOutcome.LOST
            assert "user_id" in fates.all[number].reason


def test_a_member_cannot_read_anothers_queue(accounts: dict[str, str]) -> None:
    (window, _), (_, brigade_url) = accounts.items()
    with (
        pytest.raises(BadTopology, match="403"),
        consuming(brigade_url, [f"{window}.inbox"], Taken().take),
    ):
        pass


def test_a_member_sees_how_deep_the_queues_are_that_it_sends_to(accounts: dict[str, str]) -> None:
    (window, window_url), (brigade, brigade_url) = accounts.items()
    asked = [f"{window}.inbox", f"{window}.inbox.urgent", f"{window}.opinions"]
    assert seen_depths(brigade_url, asked) == dict.fromkeys(asked, QueueDepth(0, 0))
    assert seen_depths(window_url, [f"{brigade}.inbox"]) == {f"{brigade}.inbox": QueueDepth(0, 0)}


def test_a_member_reads_its_own_dead_queue(accounts: dict[str, str]) -> None:
    brigade, url = list(accounts.items())[1]
    with errand(url, "test") as member:
        assert member.channel.basic_get(dead_queue(brigade)) == (None, None, None)


@pytest.mark.parametrize("exchange", ["", "dead", "redeliver", "amq.topic"])
def test_a_member_writes_to_no_other_exchange(accounts: dict[str, str], exchange: str) -> None:
    window, brigade_url = next(iter(accounts)), list(accounts.values())[1]
    with pytest.raises(BadTopology, match="403"):
        publish_to(exchange, f"{window}.inbox", brigade_url)


def publish_to(exchange: str, key: str, url: str) -> None:
    """Publishes past the publisher, and waits for the broker's word."""
    with errand(url, "test") as member:
        member.channel.confirm_delivery()
        member.channel.basic_publish(exchange, key, b"x")


def test_a_member_declares_deletes_and_binds_nothing(accounts: dict[str, str], domain: str) -> None:
    brigade, url = list(accounts.items())[1]
    with pytest.raises(BadTopology, match="403"), errand(url, "test") as member:
        member.channel.queue_declare(f"{domain}.own", durable=True)
    with pytest.raises(BadTopology, match="403"), errand(url, "test") as member:
        member.channel.queue_delete(f"{brigade}.inbox")
    with pytest.raises(BadTopology, match="403"), errand(url, "test") as member:
        member.channel.queue_bind(f"{brigade}.inbox", DOCUMENTS, "#")


def test_a_new_password_replaces_the_old_one(broker: NodeInfo, accounts: dict[str, str]) -> None:
    brigade, url = list(accounts.items())[1]
    assert broker.management_url is not None
    with ManagementClient(broker.management_url, broker.url) as management:
        management.put_member(MemberAccount(brigade, "another", False))
    with pytest.raises(BrokerUnavailable, match="denies"):
        server_version(url)
    assert server_version(with_credentials(broker.url, brigade, "another"))


def test_a_member_sees_which_of_its_queues_are_missing(broker: NodeInfo, accounts: dict[str, str]) -> None:
    window, url = next(iter(accounts.items()))
    assert missing_queues(url, [window], [window]) == []
    with errand(broker.url, "test") as admin:
        admin.channel.queue_delete(f"{window}.opinions")
    assert missing_queues(broker.url, [window], [window]) == [f"{window}.opinions"]


def test_provisioning_again_changes_nothing_and_does_not_wait(broker: NodeInfo, domain: str) -> None:
    said: list[str] = []
    provision(broker.url, [f"{domain}.a"], [], said.append, settle=0.0)
    provision(broker.url, [f"{domain}.a"], [], said.append, settle=3600.0)
    assert "3 declared" in said[0]
    assert "are there" in said[1]


def test_a_queue_with_other_arguments_is_named_with_what_to_do(broker: NodeInfo, domain: str) -> None:
    with errand(broker.url, "test") as admin:
        admin.channel.queue_declare(f"{domain}.a.inbox", durable=True, arguments={"x-queue-type": "quorum"})
    with pytest.raises(BadTopology, match=rf"{domain}\.a\.inbox exists with other arguments") as caught:
        provision(broker.url, [f"{domain}.a"], [], print, settle=0.0)
    assert "drain" in caught.value.remedy


def test_messages_abandoned_by_a_queue_land_in_the_members_dead_queue(
    broker: NodeInfo, provisioned: Callable[..., None], domain: str
) -> None:
    member = f"{domain}.a"
    provisioned([member])
    with publishing(broker.url, "t.b") as (publisher, fates):
        publisher.publish(publications(f"{member}.inbox", 1))
        fates.of(1)
    with errand(broker.url, "test") as admin:
        method, _, _ = admin.channel.basic_get(f"{member}.inbox")
        admin.channel.basic_reject(method.delivery_tag, requeue=False)
        eventually(
            lambda: admin.channel.queue_declare(dead_queue(member), passive=True).method.message_count == 1,
            "the arrival in the dead queue",
        )


def test_the_management_api_lists_queues_of_the_vhost(
    broker: NodeInfo, provisioned: Callable[..., None], domain: str
) -> None:
    if broker.management_url is None:
        pytest.skip("needs EXCHANGE_MANAGEMENT_URL")
    provisioned([f"{domain}.a"])
    with ManagementClient(broker.management_url, broker.url) as management:
        found = {queue.name: queue for queue in management.queues() if queue.name.startswith(f"{domain}.")}
    assert set(found) == {f"{domain}.a.dead", f"{domain}.a.inbox.urgent", f"{domain}.a.inbox"}
    assert {queue.messages for queue in found.values()} <= {None, 0}


def test_a_management_api_that_is_not_there_or_denies_is_said_so(broker: NodeInfo) -> None:
    with ManagementClient("http://127.0.0.1:1", broker.url) as management, pytest.raises(BrokerUnavailable):
        management.queues()
    if broker.management_url is not None:
        url = with_credentials(broker.management_url, "nobody", "wrong")
        with (
            ManagementClient(url, broker.url) as management,
            pytest.raises(BrokerUnavailable, match="denies"),
        ):
            management.queues()


def test_what_the_broker_does_not_enforce_is_found_by_trying_and_said(accounts: dict[str, str]) -> None:
    (window, _), (brigade, url) = accounts.items()
    release = tuple(int(part) for part in server_version(url).split(".")[:2])
    copies, depths = lets_copies_through(url, brigade), shows_depth(url, dead_queue(window))
    assert shows_depth(url, f"{brigade}.inbox")
    if release < (3, 12) or release >= (4, 0):
        assert copies is (release < (4, 0))
    if release < (4, 1) or release >= (4, 3):
        assert depths is (release < (4, 1))
    said = [one.finding for one in enforced(Link(url, brigade), accounts)]
    assert len(said) == (release < (4, 0)) + copies + depths or (len(said) == 1 and not copies and not depths)
    [shared] = enforced(Link(url, None), accounts)
    assert "share one account" in shared.finding
