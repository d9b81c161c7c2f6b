"""Topology as data."""

from __future__ import annotations

import re

from exchange.broker.admin.permissions import member_permissions, member_topic_permission
from exchange.broker.admin.provision import MemberAccount
from exchange.broker.traffic.topology import (
    DEAD,
    all_queues,
    dead_queue,
    member_bindings,
    member_queues,
    queues_of,
    routing_key,
)
from exchange.broker.traffic.urls import credentials, vhost, with_credentials
from exchange.directory.addressing import queue_for
from exchange.machine.urls import shown
from exchange.schemas import Document, Opinion, Role, Urgency


def test_the_urgent_queue_is_consumed_first_and_only_a_window_has_opinions() -> None:
    assert queues_of("c.b", False) == ("c.b.inbox.urgent", "c.b.inbox")
    assert queues_of("c.w", True) == ("c.w.inbox.urgent", "c.w.inbox", "c.w.opinions")


def test_every_queue_that_messages_are_addressed_to_is_declared_and_consumed() -> None:
    used = {queue_for(kind, "c.w", urgency) for kind in (Document.KIND, Opinion.KIND) for urgency in Urgency}
    assert used == set(queues_of("c.w", True))
    assert used < {queue.name for queue in member_queues("c.w", True)}


def test_every_queue_is_replicated_and_refuses_rather_than_drops() -> None:
    for queue in all_queues(["c.w", "c.b"], ["c.w"]):
        assert queue.arguments["x-queue-type"] == "quorum"
        assert queue.arguments["x-overflow"] == "reject-publish"
        assert int(queue.arguments["x-delivery-limit"]) > 0, "-1 drops at once on 3.10"


def test_only_the_arbiter_queue_has_a_single_active_consumer() -> None:
    single = [queue.name for queue in member_queues("c.w", True) if queue.arguments.get("x-single-active-consumer")]
    assert single == ["c.w.opinions"]


def test_what_a_queue_gives_up_reaches_the_members_dead_queue() -> None:
    bound = {(each.exchange, each.key): each.queue for each in member_bindings("c.b", False)}
    for queue in member_queues("c.b", False):
        if queue.name != dead_queue("c.b"):
            assert queue.arguments["x-dead-letter-strategy"] == "at-least-once"
            target = (str(queue.arguments["x-dead-letter-exchange"]), str(queue.arguments["x-dead-letter-routing-key"]))
            assert target[0] == DEAD
            assert bound[target] == dead_queue("c.b")
    assert "x-dead-letter-exchange" not in member_queues("c.b", False)[0].arguments


def test_a_member_may_publish_to_anyone_but_only_as_itself() -> None:
    pattern = member_topic_permission("c.fire-brigade")["write"]
    assert re.search(pattern, routing_key("c.w.opinions", "c.fire-brigade"))
    assert not re.search(pattern, routing_key("c.w.opinions", "c.w"))
    assert not re.search(pattern, routing_key("c.w.opinions", "cxfire-brigade"))
    assert not re.search(pattern, routing_key("c.w.opinions", "evil.c.fire-brigade"))
    assert not re.search(pattern, routing_key("c.w.opinions", "c.fire-brigade.evil"))


def test_a_portal_may_publish_to_the_inbox_of_its_window_alone() -> None:
    account = MemberAccount.of("c.portal", "secret", (Role.PORTAL,), "c.window")
    pattern = member_topic_permission(account.address, account.only_to)["write"]
    for queue in ("c.window.inbox", "c.window.inbox.urgent"):
        assert re.search(pattern, routing_key(queue, "c.portal"))
        assert not re.search(pattern, routing_key(queue, "c.window"))
    for queue in (
        "c.window.opinions", "c.window.dead", "cxwindow.inbox", "c.window.inbox.urgent.more", "c.fire.inbox",
        "c.monitor.inbox", "c.relay.transit", "uplink.c", "c.portal.inbox", "x.from.c.window.inbox",
    ):  # fmt: skip
        assert not re.search(pattern, routing_key(queue, "c.portal")), queue
    assert (account.is_window, account.is_relay) == (False, False)


def test_a_portal_without_a_window_may_publish_to_nobody_and_others_are_bound_to_no_superior() -> None:
    lost = MemberAccount.of("c.portal", "secret", (Role.PORTAL,), None)
    assert not re.search(member_topic_permission("c.portal", lost.only_to)["write"], "to..inbox.from.c.portal")
    assert MemberAccount.of("c.fire", "secret", (Role.DEPARTMENT,), "c.window").only_to is None


def test_a_member_reads_its_own_queues_and_configures_nothing() -> None:
    rights = member_permissions("c.w", True)
    for name in (*queues_of("c.w", True), dead_queue("c.w")):
        assert re.search(rights["read"], name)
    for name in ("c.w2.inbox", "xc.w.inbox", "cxw.inbox", "c.b.inbox", "c.w.inbox.urgent.more"):
        assert not re.search(rights["read"], name)
    for name in ("documents", "c.w.inbox", "amq.gen-1"):
        assert not re.search(rights["configure"], name)
    for name in ("dead", "redeliver", "amq.default", "c.b.dead", "c.b.relay.transit", "d.b.inbox", "documents.more"):
        assert not re.search(rights["write"], name), name
    for name in ("documents", "c.b.inbox", "c.b.inbox.urgent", "c.x-y.opinions", "uplink.anhui", "uplink.anhui.urgent"):
        assert re.search(rights["write"], name), name


def test_a_portal_may_see_its_windows_inbox_and_no_other_queue() -> None:
    write = member_permissions("c.portal", False, only_to="c.window")["write"]
    assert re.search(write, "documents")
    assert re.search(write, "c.window.inbox")
    for name in ("c.window.opinions", "c.b.inbox", "uplink.anhui", "cxwindow.inbox"):
        assert not re.search(write, name), name
    nobody = member_permissions("c.portal", False, only_to="")["write"]
    assert not re.search(nobody, "c.window.inbox")


def test_an_address_of_a_broker_takes_any_credentials_and_is_shown_without_them() -> None:
    url = with_credentials("amqps://admin:x@mq.example:5671/%2F?heartbeat=5", "c.b", "p/@:%")
    assert credentials(url) == ("c.b", "p/@:%")
    assert vhost(url) == "/"
    assert shown(url) == "amqps://mq.example:5671/%2F"
    assert url.endswith("@mq.example:5671/%2F?heartbeat=5")
    assert vhost("amqp://h/domain%2Fone") == "domain/one"
    assert vhost("amqp://h") == "/"
