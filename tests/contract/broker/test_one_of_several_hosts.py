"""A host that takes connections and says nothing, beside one that works: who asks is answered, and soon."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from exchange.broker.admin import errand as errands
from exchange.broker.admin import lately, sight
from exchange.broker.admin.errand import errand
from exchange.broker.admin.figures import look
from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.nodes import cluster_sight
from exchange.broker.traffic.urls import OPENING
from exchange.clock import monotonic
from exchange.errors import BrokerUnavailable
from exchange.machine.urls import each_host, with_hosts_of

pytestmark = pytest.mark.broker


@pytest.fixture
def mute() -> Iterator[str]:
    """Host and port of a listener that nobody serves."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        yield f"127.0.0.1:{silent.getsockname()[1]}"


def beside(url: str, host: str) -> str:
    """The URL with another host before its own."""
    parts = urlsplit(url)
    account, at, _ = parts.netloc.rpartition("@")
    return with_hosts_of([parts._replace(netloc=f"{account}{at}{host}").geturl(), url])


def test_the_host_that_says_nothing_is_told_and_the_nodes_of_the_others_are_seen(
    broker: NodeInfo, mute: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sight, "HEARD_WITHIN", 0.5)
    info = NodeInfo(broker.url, beside(str(broker.management_url), mute))
    heard = sight.hear(info, 10.0)
    assert heard.mute == (mute,)
    assert len(heard.names) == 1
    seen = cluster_sight(info, 10.0)
    assert [state.name for state in seen.states] == list(heard.names)
    assert all(state.running and state.answers for state in seen.states)
    assert seen.places is not None
    figures = look(info, 10.0)
    assert [node.name for node in figures.nodes] == list(heard.names)
    assert figures.queues_told


def test_nobody_who_answers_is_an_error_in_time(mute: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sight, "HEARD_WITHIN", 0.2)
    info = NodeInfo("amqp://u:p@localhost", f"http://u:p@{mute},{mute}")
    with pytest.raises(BrokerUnavailable, match="no whole answer"):
        cluster_sight(info, 10.0)


def test_an_errand_passes_over_it_soon_and_the_next_does_not_come_to_it_first(
    broker: NodeInfo, mute: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errands, "SOON", 0.5)
    url = beside(broker.url, mute)
    began = monotonic()
    with errand(url, "tests:mute") as admin:
        assert admin.queue_exists("nobody.has.this") is False
    assert monotonic() - began < OPENING, "a connection that could go nowhere else would have waited for so long"
    assert lately.in_order(each_host(url))[1].partition("@")[2].startswith(mute), "the next begins with the other"


def test_whoever_asks_a_management_api_next_begins_with_the_host_that_answered(broker: NodeInfo, mute: str) -> None:
    own = str(broker.management_url)
    with ManagementClient(beside(own, mute), broker.url, 1.5) as management:
        management.now()
    assert lately.in_order([f"http://{mute}", own]) == [own, f"http://{mute}"]
    assert lately.in_order([f"http://{mute}", own], lambda: monotonic() + lately.KEPT) == [f"http://{mute}", own]
