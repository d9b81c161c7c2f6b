"""The broker's figures, in one look: queues, nodes, connections, as its management API has them.

RabbitMQ tells nothing of a queue for some seconds after its start, and leaves out what it has switched off: such a
figure is None, never zero. The age of a queue's oldest message it tells of classic queues only
(``head_message_timestamp``); for quorum queues whoever asks takes it from the senders' outboxes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.nodes import PLACE_COLUMNS, NodeState, QueuePlace, places_of, states_of
from exchange.broker.admin.sight import hear, read_beside
from exchange.broker.traffic.urls import vhost

_COLUMNS = (
    f"{PLACE_COLUMNS},"
    "state,messages_ready,messages_unacknowledged,consumers,head_message_timestamp,messages,"
    "message_stats.publish_details.rate,message_stats.ack_details.rate,message_stats.deliver_no_ack_details.rate"
)
"""All that is read of a queue: with a thousand queues a whole answer would be megabytes."""

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """One queue; None is what the broker does not tell (yet)."""

    name: str
    ready: int | None
    unacked: int | None
    consumers: int | None
    rate_in: float | None
    """Messages a second that came in."""
    rate_out: float | None
    """Messages a second that left, acknowledged."""
    head_at: datetime | None = None
    """When its first message was published, where the broker tells."""

    @property
    def depth(self) -> int | None:
        """All messages in it, given out or not."""
        return None if self.ready is None or self.unacked is None else self.ready + self.unacked


@dataclass(frozen=True, slots=True)
class NodeFigures:
    """One node of the broker; None is what it does not tell (yet)."""

    name: str
    running: bool
    memory_alarm: bool
    disk_alarm: bool
    memory_used: int | None = None
    disk_free: int | None = None
    partitions: tuple[str, ...] = ()
    """Nodes it has lost sight of."""
    drained: bool = False
    """Taken out of service for maintenance."""
    answers: bool = True
    """False for one that was asked by itself and said nothing."""


@dataclass(frozen=True, slots=True)
class BrokerFigures:
    """The broker at one moment."""

    version: str
    connections: int | None
    nodes: tuple[NodeFigures, ...]
    queues: tuple[QueueFigures, ...]
    """Of the own virtual host, by name."""
    places: tuple[QueuePlace, ...] = ()
    """Where its quorum queues lie."""
    queues_told: bool = True
    """Whether it told its queues in time, which one may not that waits for a node."""


def look(info: NodeInfo, seconds: float) -> BrokerFigures:
    """Read all figures, within ``seconds`` and what it takes to find a host that answers.

    What has not come by then, while some node is waited for, is left out. Raises BrokerUnavailable or BadTopology.
    """
    heard = hear(info, seconds)
    pages = ("/api/overview", "/api/nodes", f"/api/queues/{quote(vhost(info.url), safe='')}?columns={_COLUMNS}")
    overview, nodes, queues = read_beside(info, heard.url, pages, seconds)
    found = figures_of(overview or heard.own, nodes or (), queues or ())
    states = {state.name: state for state in states_of(heard, nodes)}
    known = {node.name: _with(node, states[node.name]) for node in found.nodes}
    untold = {name: NodeFigures(name, True, False, False, answers=one.answers) for name, one in states.items()}
    every = {**untold, **known}
    return replace(found, nodes=tuple(every[name] for name in sorted(every)), queues_told=queues is not None)


def _with(node: NodeFigures, state: NodeState) -> NodeFigures:
    return replace(node, drained=state.drained, answers=state.answers)


def figures_of(
    overview: Mapping[str, Any], nodes: Sequence[Mapping[str, Any]], queues: Sequence[Mapping[str, Any]]
) -> BrokerFigures:
    """Return all figures from the API's answers, whatever its version leaves out."""
    counts = not overview.get("disable_stats", False) and overview.get("rates_mode") != "none"
    return BrokerFigures(
        version=str(overview.get("product_version") or overview.get("rabbitmq_version") or "?"),
        connections=_number(overview.get("object_totals", _NOTHING).get("connections")),
        nodes=tuple(_node(each) for each in nodes),
        queues=tuple(sorted((_queue(each, counts) for each in queues), key=lambda queue: queue.name)),
        places=tuple(places_of(queues)),
    )


def _node(found: Mapping[str, Any]) -> NodeFigures:
    return NodeFigures(
        name=str(found.get("name", "?")),
        running=bool(found.get("running", False)),
        memory_alarm=bool(found.get("mem_alarm", False)),
        disk_alarm=bool(found.get("disk_free_alarm", False)),
        memory_used=_number(found.get("mem_used")),
        disk_free=_number(found.get("disk_free")),
        partitions=tuple(str(name) for name in found.get("partitions", ())),
    )


def _queue(found: Mapping[str, Any], counts: bool) -> QueueFigures:
    ready, unacked = _number(found.get("messages_ready")), _number(found.get("messages_unacknowledged"))
    if unacked is None and ready is None:
        ready = _number(found.get("messages"))  # where only totals are kept: all that is there, given out or not
        unacked = None if ready is None else 0
    stats = found.get("message_stats") or _NOTHING
    known = counts and ready is not None
    without = _rate(stats, "deliver_no_ack") or 0.0
    return QueueFigures(
        name=str(found["name"]),
        ready=ready,
        unacked=unacked,
        consumers=_number(found.get("consumers")),
        rate_in=_rate(stats, "publish", 0.0 if known else None),
        rate_out=None if (acked := _rate(stats, "ack", 0.0 if known else None)) is None else acked + without,
        head_at=_instant(found.get("head_message_timestamp")),
    )


def _rate(stats: Mapping[str, Any], kind: str, absent: float | None = None) -> float | None:
    """Messages a second; a queue that has moved nothing has no such entry."""
    found = (stats.get(f"{kind}_details") or _NOTHING).get("rate")
    return absent if not isinstance(found, int | float) else max(0.0, float(found))


def _number(value: object) -> int | None:
    """What is no number (RabbitMQ writes words and empty texts for what it does not know) is not known."""
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _instant(value: object) -> datetime | None:
    seconds = _number(value)
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
