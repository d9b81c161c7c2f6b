"""What the nodes of a private cluster tell, each asked by itself, and how all are reached."""

from __future__ import annotations

from contextlib import suppress

from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.nodes import NodeState, cluster_states
from exchange.broker.private.node import PrivateNode
from exchange.errors import BrokerError
from exchange.machine.urls import with_hosts_of

LOOK = 6.5
"""Seconds for an answer of the management API: 3.10 takes five to tell its nodes while one of them is frozen."""


def lost_by(node: PrivateNode) -> frozenset[str]:
    """Return what a node says that it has lost sight of; nothing where it does not answer."""
    return next((one.partitions for one in seen_by(node) if one.name == node.seat.name), frozenset())


def seen_by(node: PrivateNode) -> list[NodeState]:
    """Return the nodes as one of them sees them; nothing where it does not answer."""
    info = node.info
    if info is None or info.management_url is None or not node.alive:
        return []
    with suppress(BrokerError):
        return cluster_states(info, LOOK)
    return []


def joint(every: list[NodeInfo]) -> NodeInfo:
    """Return all hosts in one."""
    managements = [info.management_url for info in every if info.management_url is not None]
    return NodeInfo(with_hosts_of([info.url for info in every]), with_hosts_of(managements) if managements else None)
