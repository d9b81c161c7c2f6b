"""What several journeys share: a small Anhui on two brokers of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange.broker.node import PrivateNode
from tests.journeys.province import BY_HAND, TREE, Province, province


@pytest.fixture(scope="session")
def anhui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """Three levels, the province on one broker and all below on another."""
    nodes = [PrivateNode(tmp_path_factory.mktemp(name) / "node") for name in ("upper", "lower")]
    try:
        brokers = [node.start(print) for node in nodes]
        with province(tmp_path_factory.mktemp("tree"), brokers, "anhui", TREE, BY_HAND) as served:
            yield served
    finally:
        for node in nodes:
            node.stop()
