"""Which way a message goes that is not for us, and that it always comes to an end."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.broker.traffic.topology import routing_key
from exchange.broker.traffic.uplink import (
    came_over,
    link_account,
    link_permissions,
    link_topic_permission,
    transit_of,
    transit_queue,
    uplink_of,
)
from exchange.directory.addressing import home_of, hop_towards, queue_towards, way_between
from exchange.directory.hierarchy import relay_of, superior_of
from exchange.messaging.rules.label import HOPS, MAX_HOPS, TO, Onward, Stuck, label_for, next_stage
from exchange.schemas import Header, Urgency
from tests.unit.facts import ID, at

LABELS = st.sampled_from(["a", "b", "ab", "c-d"])
DOMAINS = st.lists(LABELS, min_size=1, max_size=4).map(".".join)


def header(*addressees: str, urgency: Urgency = Urgency.ORDINARY) -> Header:
    return Header(
        message_id=ID,
        conversation_id=ID,
        kind="document",
        sender="a.b.planning",
        addressees=addressees,
        urgency=urgency,
        created_at=at("03-02"),
    )


def stage(to: str, own: str, hops: Any = 0, came_from: str | None = None, known: bool = True) -> Onward | Stuck:
    return next_stage(header(to), {TO: to, HOPS: hops}, own, came_from, lambda _: known)


@given(DOMAINS, DOMAINS)
def test_every_way_within_a_tree_goes_from_neighbour_to_neighbour_and_arrives(own: str, target: str) -> None:
    way = way_between(own, target)
    if own.partition(".")[0] != target.partition(".")[0]:
        assert way == ()
        return
    assert (way[0], way[-1]) == (own, target)
    assert len(set(way)) == len(way) <= 7
    for one, other in itertools.pairwise(way):
        assert superior_of(one) == other or superior_of(other) == one


@given(DOMAINS, DOMAINS, st.integers(0, MAX_HOPS), st.booleans())
def test_whatever_its_label_a_message_ends_after_so_many_hops(own: str, target: str, hops: int, known: bool) -> None:
    to, came_from, seen = f"{target}.planning", None, 0
    while isinstance(found := stage(to, own, hops, came_from, known), Onward) and home_of(to) != own:
        assert found.label == {TO: to, HOPS: hops + 1}
        hop = hop_towards(own, target)
        assert found.queue == f"uplink.{hop}"
        own, came_from, hops, seen = str(hop), own, hops + 1, seen + 1
    assert seen <= MAX_HOPS
    if isinstance(found, Onward):
        assert found.queue == f"{to}.inbox"


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (stage("a.b.planning", "a.b", MAX_HOPS), "too-many-hops"),
        (stage("a.b.nobody", "a.b", known=False), "unknown-addressee"),
        (stage("a.c.planning", "a.b", came_from="a"), "went-back"),
        (stage("a.b.c.planning", "a.b", came_from="a.b.c"), "went-back"),
        (stage("z.planning", "a"), "other-tree"),
        (stage("a.b.planning", "a", -1), "unreadable"),
        (stage("a.b.planning", "a", True), "unreadable"),
        (stage("a.b.planning", "a", "1"), "unreadable"),
        (stage("a.b.planning", "a", None), "unreadable"),
    ],
)
def test_what_cannot_go_on_says_why(found: Onward | Stuck, code: str) -> None:
    assert isinstance(found, Stuck)
    assert (found.reason.value, found.addressee is None) == (code, False)


@pytest.mark.parametrize("label", [{}, {TO: 7, HOPS: 0}, {TO: "a.b.other", HOPS: 0}])
def test_a_label_that_names_none_of_the_addressees_accuses_nobody(label: dict[str, Any]) -> None:
    found = next_stage(header("a.b.planning"), label, "a", None, lambda _: True)
    assert isinstance(found, Stuck)
    assert found.addressee is None


def test_what_is_urgent_stays_urgent_on_its_way() -> None:
    found = next_stage(header("a.b.c", urgency=Urgency.URGENT), label_for("a.b.c"), "a", None, lambda _: True)
    assert isinstance(found, Onward)
    assert found.queue == "uplink.a.b.urgent"
    assert queue_towards("a.b", "document", "a.b.c", Urgency.URGENT) == "a.b.c.inbox.urgent"
    assert queue_towards("a.b", "opinion", "a.window", Urgency.ORDINARY) == "uplink.a"
    assert queue_towards("a.b", "document", "z.c", Urgency.ORDINARY) is None


def test_a_links_account_empties_its_own_queues_and_fills_only_its_own_transit() -> None:
    rights, keys = link_permissions("a.b"), link_topic_permission("a", "a.b")["write"]
    for queue, _ in uplink_of("a.b"):
        assert re.search(rights["read"], queue.name)
    for name in ("uplink.a.bc", "uplink.a", "uplink.a.b.c", "a.relay.transit", "a.planning.inbox"):
        assert not re.search(rights["read"], name)
    for urgent in (True, False):
        assert re.search(keys, routing_key(transit_queue("a", urgent=urgent), link_account("a.b")))
        assert not re.search(keys, routing_key(transit_queue("a", urgent=urgent), link_account("a.c")))
    assert not re.search(keys, routing_key("a.planning.inbox", link_account("a.b")))


def test_nothing_is_abandoned_on_its_way_for_being_delivered_often() -> None:
    for queue, bindings in [*uplink_of("a.b"), *transit_of(relay_of("a"))]:
        assert queue.arguments["x-queue-type"] == "quorum"
        assert queue.arguments["x-overflow"] == "reject-publish"
        assert int(queue.arguments["x-delivery-limit"]) == 1_000_000_000
        assert {binding.queue for binding in bindings} == {queue.name}


def test_the_broker_says_which_link_brought_a_message() -> None:
    assert came_over(routing_key("a.relay.transit", link_account("a.b"))) == "a.b"
    assert came_over(routing_key("a.relay.transit", "a.planning")) is None
