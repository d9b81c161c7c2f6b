"""The broker's figures from its management API, and from what other versions leave out."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from exchange.broker.admin.errand import errand
from exchange.broker.admin.figures import BrokerFigures, figures_of, look
from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import BrokerUnavailable
from tests.contract.traffic import eventually

OVERVIEW = {"rabbitmq_version": "4.3.6", "rates_mode": "basic", "object_totals": {"connections": 3}}


def _look(broker: NodeInfo) -> BrokerFigures:
    return look(broker, 5.0)


@pytest.mark.broker
def test_what_waits_in_a_queue_and_who_takes_from_it_is_told_by_the_real_broker(
    broker: NodeInfo, domain: str, provisioned: Callable[..., None]
) -> None:
    provisioned([f"{domain}.planning"])
    with errand(broker.url, "tests:figures") as admin:
        for _ in range(3):
            admin.channel.basic_publish("redeliver", f"{domain}.planning.inbox", b"x")

        def inbox() -> Any:
            return next(each for each in _look(broker).queues if each.name == f"{domain}.planning.inbox")

        def told() -> Any:
            found = inbox()
            return found.ready, found.unacked, found.consumers

        # Of a new queue RabbitMQ 4 tells the depth before it tells the consumers.
        eventually(lambda: told() == (3, 0, 0), "three messages waiting, and nobody who takes them")
        found = inbox()
    assert found.rate_in is None or found.rate_in >= 0
    figures = _look(broker)
    assert figures.version[0].isdigit()
    assert all(node.running and not node.memory_alarm and not node.disk_alarm for node in figures.nodes)
    assert figures.nodes
    assert figures.connections is not None


def test_a_broker_that_does_not_answer_is_said_with_where_and_without_its_password() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused at once
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(BrokerUnavailable, match=place) as raised:
            look(NodeInfo("amqp://u:secret@localhost", f"http://u:secret@{place}"), 1.0)
    assert "secret" not in raised.value.diagnostics()


def test_a_broker_that_takes_the_question_and_stays_silent_is_abandoned_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://u:secret@127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(BrokerUnavailable, match="no whole answer"):
            look(NodeInfo("amqp://u:secret@localhost", url), 0.2)


def test_what_a_broker_does_not_tell_yet_is_not_known_and_not_zero() -> None:
    fresh = figures_of(OVERVIEW, [{"name": "n", "running": True}], [{"name": "q", "type": "quorum"}])
    queue = fresh.queues[0]
    assert (queue.depth, queue.consumers, queue.rate_in, queue.rate_out) == (None, None, None, None)
    assert fresh.nodes[0].disk_free is None


def test_rates_that_are_switched_off_are_not_known_and_those_of_an_idle_queue_are_zero() -> None:
    queue = {"name": "q", "messages_ready": 2, "messages_unacknowledged": 1, "consumers": 1}
    idle = figures_of(OVERVIEW, [], [queue]).queues[0]
    off = figures_of({**OVERVIEW, "rates_mode": "none"}, [], [queue]).queues[0]
    assert (idle.depth, idle.rate_in, idle.rate_out) == (3, 0.0, 0.0)
    assert (off.depth, off.rate_in, off.rate_out) == (3, None, None)


def test_rates_the_age_of_a_classic_queue_and_words_in_place_of_figures_are_read() -> None:
    stats = {
        "publish_details": {"rate": 2.5},
        "ack_details": {"rate": 1.0},
        "deliver_no_ack_details": {"rate": 0.5},
    }
    busy = {
        "name": "q", "messages_ready": 2, "messages_unacknowledged": 0, "consumers": 1, "message_stats": stats,
        "head_message_timestamp": 1_700_000_000,
    }  # fmt: skip
    found = figures_of(OVERVIEW, [{"name": "n", "running": True, "disk_free": "unknown"}], [busy])
    queue = found.queues[0]
    assert (queue.rate_in, queue.rate_out) == (2.5, 1.5)
    assert queue.head_at is not None
    assert queue.head_at.timestamp() == 1_700_000_000
    assert found.nodes[0].disk_free is None
    assert figures_of(OVERVIEW, [], [{"name": "q", "head_message_timestamp": ""}]).queues[0].head_at is None
