"""A broker's nodes, and on which of them its queues lie, as the management API shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.sight import Heard, hear, read_beside
from exchange.broker.traffic.urls import vhost

PLACE_COLUMNS = "vhost,name,type,leader,members,online"
"""What is read of a queue to tell where it lies."""

_NODES = "/api/nodes"
_NAMES = "/api/nodes?disable_stats=true"
"""The same without figures, which need not be collected from the others: told while another node is frozen."""

REPLICAS = 3
"""Of a quorum queue, where there are so many nodes."""


@dataclass(frozen=True)
class NodeState:
    """One node of a broker."""

    name: str
    """Its host where its name is not known."""
    running: bool
    """Whether the others take it for running."""
    drained: bool
    """Taken out of service for maintenance (``rabbitmq-upgrade drain``)."""
    partitions: frozenset[str] = frozenset()
    """Nodes that it takes for gone though they run, until it is started again; as itself tells."""
    answers: bool = True
    """False for one that was asked and said nothing: frozen, or out of reach."""


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


@dataclass(frozen=True)
class ClusterSight:
    """A broker's nodes and queues at one moment."""

    states: tuple[NodeState, ...]
    places: tuple[QueuePlace, ...] | None
    """Of the vhost; None where it was not told in time."""


@dataclass(frozen=True)
class QueueRisks:
    """Queues that take nothing, or could not lose a node, by name."""

    leaderless: tuple[str, ...]
    """Without a leader, or with one that is away."""
    few: tuple[str, ...]
    """With fewer replicas than there could be."""
    lagging: tuple[str, ...]
    """With replicas that do not keep up."""


def cluster_sight(info: NodeInfo, seconds: float) -> ClusterSight:
    """Look at nodes and queues within ``seconds`` and `HEARD_WITHIN`, whatever some of them do.

    One that says nothing is told. ``info`` names a management API. Raises BrokerUnavailable where none answers,
    BadTopology.
    """
    heard = hear(info, seconds)
    told, names, queues = read_beside(info, heard.url, (_NODES, _NAMES, _page(vhost(info.url))), seconds)
    return ClusterSight(tuple(states_of(heard, told, names)), None if queues is None else tuple(places_of(queues)))


def cluster_states(info: NodeInfo, seconds: float) -> list[NodeState]:
    """Look at the nodes alone, as `cluster_sight` does."""
    heard = hear(info, seconds)
    return states_of(heard, *read_beside(info, heard.url, (_NODES, _NAMES), seconds))


def states_of(
    heard: Heard, told: Iterable[Mapping[str, Any]] | None, names: Iterable[Mapping[str, Any]] | None = None
) -> list[NodeState]:
    """Return the nodes, by name: as they tell each other, else by their names, else those that answered and the hosts
    of those that did not.

    Who did not answer is known where each node was asked, or all but as many as hosts are mute.
    """
    if told is not None or names is not None:
        found = [_node(each) for each in (told if told is not None else names or ())]
        asked = heard.hosts >= len(found)
        states = [replace(one, answers=one.name in heard.names or not (asked and heard.mute)) for one in found]
    else:
        states = [NodeState(name, True, False) for name in heard.names]
        states += [NodeState(host, True, False, answers=False) for host in heard.mute]
    return sorted(states, key=lambda node: node.name)


def queue_places(management: ManagementClient, *, everywhere: bool = False) -> list[QueuePlace]:
    """Return where the quorum queues of the vhost lie, or those of all, by name.

    Raises BrokerUnavailable or BadTopology.
    """
    return places_of(management.read(_page(None if everywhere else management.vhost)))


def places_of(queues: Iterable[Mapping[str, Any]]) -> list[QueuePlace]:
    """Return where the quorum queues among these lie, by name."""
    return sorted((_place(each) for each in queues if each.get("type") == "quorum"), key=lambda queue: queue.name)


def risks(states: Collection[NodeState], places: Collection[QueuePlace]) -> QueueRisks:
    """Return which queues are at risk. Of a queue whose replicas are not told, nothing is known."""
    known = [place for place in places if place.members]
    away = {state.name for state in states if not state.running or not state.answers}
    wanted = min(REPLICAS, len(states))
    led = {place.name for place in known if place.leader and place.leader not in away}
    return QueueRisks(
        tuple(place.name for place in known if place.name not in led),
        tuple(place.name for place in known if len(place.members) < wanted),
        tuple(place.name for place in known if place.name in led and place.online < place.members),
    )


def some(names: Collection[str], most: int = 5) -> str:
    """Return the first of the names, and how many more."""
    first = list(names)[:most]
    return ", ".join(first) + (f" (+{len(names) - most})" if len(names) > most else "")


def _page(virtual: str | None) -> str:
    where = "" if virtual is None else f"/{quote(virtual, safe='')}"
    return f"/api/queues{where}?columns={PLACE_COLUMNS}"


def _node(found: Mapping[str, Any]) -> NodeState:
    return NodeState(
        name=str(found["name"]),
        running=bool(found.get("running")),
        drained=bool(found.get("being_drained")),
        partitions=frozenset(map(str, found.get("partitions") or ())),
    )


def _place(found: Mapping[str, Any]) -> QueuePlace:
    members, online = (frozenset(map(str, found.get(key) or ())) for key in ("members", "online"))
    return QueuePlace(str(found["name"]), str(found.get("leader") or ""), members, online, str(found.get("vhost", "/")))
