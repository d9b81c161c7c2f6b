"""What several journeys share: a domain whose members are processes, and a small Anhui on two brokers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.broker.admin.node_info import NodeInfo
from tests.journeys.places import new_root, tree_on
from tests.journeys.province import BY_HAND, TREE, Province, province
from tests.processes import ProcessDomain


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ProcessDomain]:
    """A domain made by the real commands; its members are served by processes that a test starts."""
    with ProcessDomain(tmp_path, domain, broker) as city:
        yield city


@pytest.fixture(scope="session")
def anhui(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo, second_broker: NodeInfo) -> Iterator[Province]:
    """Three levels, the province on one broker and all below on another."""
    root = new_root("anhui")
    with (
        tree_on(broker, second_broker, [f"{root}.{name}".rstrip(".") for name in TREE]) as brokers,
        province(tmp_path_factory.mktemp("tree"), brokers, root, TREE, BY_HAND) as served,
    ):
        yield served
