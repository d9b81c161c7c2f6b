"""A broker's nodes, and on which of them its queues lie, as the management API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from exchange.broker.admin.management import ManagementClient

_COLUMNS = "vhost,name,type,leader,members,online"


@dataclass(frozen=True)
class NodeState:
    """One node of a broker."""

    name: str
    running: bool
    drained: bool
    """Taken out of service for maintenance (``rabbitmq-upgrade drain``)."""
    partitions: frozenset[str] = frozenset()
    """Nodes that it takes for gone though they run, until it is started again; as itself tells."""


@dataclass(frozen=True)
class QueuePlace:
    """Where a quorum queue lies. Node names throughout."""

    name: str
    leader: str
    """Empty where it has none at this moment."""
    members: frozenset[str]
    online: frozenset[str]
    """Members that keep up."""
    vhost: str = "/"


def node_states(management: ManagementClient) -> list[NodeState]:
    """Return the broker's nodes, by name. Raises BrokerUnavailable or BadTopology."""
    found = management.read("/api/nodes")
    return sorted((_node(each) for each in found), key=lambda node: node.name)


def queue_places(management: ManagementClient, *, everywhere: bool = False) -> list[QueuePlace]:
    """Return where the quorum queues of the vhost lie, or those of all, by name.

    Raises BrokerUnavailable or BadTopology.
    """
    where = "" if everywhere else f"/{quote(management.vhost, safe='')}"
    found = management.read(f"/api/queues{where}?columns={_COLUMNS}")
    return sorted((_place(each) for each in found if each.get("type") == "quorum"), key=lambda queue: queue.name)


def _node(found: Mapping[str, Any]) -> NodeState:
    return NodeState(
        name=str(found["name"]),
        running=bool(found.get("running")),
        drained=bool(found.get("being_drained")),
        partitions=frozenset(map(str, found.get("partitions") or ())),
    )


def _place(found: Mapping[str, Any]) -> QueuePlace:
    members, online = (frozenset(map(str, found.get(key) or ())) for key in ("members", "online"))
    return QueuePlace(str(found["name"]), str(found.get("leader") or ""), members, online, str(found["vhost"]))
