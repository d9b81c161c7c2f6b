"""A cluster whose nodes are killed, frozen and taken out while members are served: nothing lost, nothing doubled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private.broker import PrivateBroker
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
    assert pause < LONGEST[fault]
    assert len(flow.sent) >= 150
