"""The broker's figures, in one look: queues, nodes, connections, as its management API has them.

RabbitMQ tells nothing of a queue for some seconds after its start, and leaves out what it has switched off: such a
figure is None, never zero. The age of a queue's oldest message it tells of classic queues only
(``head_message_timestamp``); for quorum queues whoever asks takes it from the senders' outboxes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from exchange.broker.admin.management import ManagementClient

_COLUMNS = (
    "name,state,messages_ready,messages_unacknowledged,consumers,head_message_timestamp,messages,"
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


@dataclass(frozen=True, slots=True)
class BrokerFigures:
    """The broker at one moment."""

    version: str
    connections: int | None
    nodes: tuple[NodeFigures, ...]
    queues: tuple[QueueFigures, ...]
    """Of the own virtual host, by name."""


def look(management: ManagementClient) -> BrokerFigures:
    """Read all figures, by three requests. Raises BrokerUnavailable or BadTopology."""
    overview = management.read("/api/overview")
    nodes = management.read("/api/nodes")
    queues = management.read(f"/api/queues/{quote(management.vhost, safe='')}?columns={_COLUMNS}")
    return figures_of(overview, nodes, queues)


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
