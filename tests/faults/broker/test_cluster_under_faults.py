"""A cluster whose nodes are killed, frozen and taken out while members are served: nothing lost, nothing doubled."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version
from exchange.broker.private.broker import PrivateBroker
from exchange.errors import BrokerUnavailable
from exchange.runtime.supervision.broker_watch import BrokerWatch
from exchange.runtime.supervision.node_watch import NodePatience
from tests.contract.traffic import eventually
from tests.faults.broker.flow import FAULTS, ClusterFlow

pytestmark = [pytest.mark.broker, pytest.mark.drill]

LONGEST = {"killed": 30.0, "frozen": 90.0, "drained": 30.0}
"""Seconds that nothing may arrive, on a machine that has much else to do."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PrivateBroker, NodeInfo]]:
    broker = PrivateBroker(tmp_path_factory.mktemp("cluster") / "node", 3)
    yield broker, broker.start(print)
    broker.stop()


@pytest.mark.parametrize("fault", FAULTS)
def test_documents_go_on_without_the_leader_of_their_queue_each_taken_in_once(
    cluster: tuple[PrivateBroker, NodeInfo], tmp_path_factory: pytest.TempPathFactory, fault: str
) -> None:
    broker, info = cluster
    with ClusterFlow(tmp_path_factory.mktemp("flow"), broker, info) as flow:
        flow.await_flow(50)
        pause = FAULTS[fault](flow)
        flow.await_flow(50)
        flow.finish()
    eventually(broker.is_whole, f"a whole cluster: {broker.states()}", 60)
    assert pause < LONGEST[fault]
    assert len(flow.sent) >= 150


def lost_one(broker: PrivateBroker) -> bool:
    """Whether the others say that a node is away; they do not answer while they still wait for one that is frozen."""
    with suppress(BrokerUnavailable):
        return not all(state.running for state in broker.states())
    return False


def test_a_node_that_was_frozen_until_the_others_lost_it_is_brought_back_by_the_watch(
    cluster: tuple[PrivateBroker, NodeInfo],
) -> None:
    broker, info = cluster
    frozen, said, patience = broker.nodes[1], list[str](), NodePatience(every=5.0)
    watch = BrokerWatch(broker, info, said.append, lambda info: None, said.clear, threading.Event(), patience)
    frozen.kill(signal.SIGSTOP)
    try:
        eventually(lambda: lost_one(broker), "the others' loss of it", 120)
    finally:
        frozen.kill(signal.SIGCONT)

    def whole() -> bool:
        watch.look()
        return broker.is_whole()

    eventually(whole, "the node's return", 180)
    assert said or not server_version(info.url).startswith("3."), "3.10 does not heal that by itself"
