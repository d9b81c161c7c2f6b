"""A private node's place: alone, or one of several that are a cluster on one machine. Pure: names and configuration."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.broker.private.hosts import NodeHost
from exchange.language import Text

TICK = 20
"""Seconds until nodes take one for gone that keeps its connections and says nothing; RabbitMQ's own is sixty."""

_JOIN_EVERY = 500
"""Milliseconds between two tries to find the node to join."""

_JOIN_TRIES = 200


@dataclass(frozen=True)
class ClusterSeat:
    """Which of how many nodes; the first has the name of a node that is alone, which can so grow to a cluster."""

    number: int = 1
    of: int = 1
    hosts: tuple[NodeHost, ...] = ()
    """Those of all nodes, where each has one of its own."""

    @property
    def host(self) -> NodeHost | None:
        """The node's own host, where it has one."""
        return self.hosts[self.number - 1] if self.hosts else None

    @property
    def enter(self) -> tuple[str, ...]:
        """The command line's beginning that has a program run where the node does."""
        return self.host.enter if self.host is not None else ()

    @property
    def address(self) -> str:
        """Where the node listens."""
        return self.host.address if self.host is not None else "127.0.0.1"

    @property
    def name(self) -> str:
        """The node's name, as Erlang writes it."""
        host = self.host.name if self.host is not None else "localhost"
        return f"yizhan@{host}" if self.number == 1 else f"yizhan-{self.number}@{host}"

    @property
    def is_alone(self) -> bool:
        """Whether there is no other node."""
        return self.of == 1

    @property
    def label(self) -> Text:
        """What people call it."""
        if self.is_alone:
            return Text("the private node")
        return Text("node {number} of the private cluster", {"number": self.number})

    @property
    def room(self) -> str:
        """Virtual host in which this node alone is exercised."""
        return "exercise" if self.is_alone else f"exercise-{self.number}"

    def configuration(self) -> list[str]:
        """Return the lines of rabbitmq.conf that make it one of a cluster.

        A node without data joins the first; the first, which nobody has to wait for, begins alone. Leaders of queues
        are spread over the nodes. A node that sees less than half of the others stops by itself until it sees them
        again.
        """
        if self.is_alone:
            return []
        lines = ["cluster_partition_handling = pause_minority", "queue_leader_locator = balanced"]
        if self.number > 1:
            lines += [
                "cluster_formation.peer_discovery_backend = classic_config",
                f"cluster_formation.classic_config.nodes.1 = {ClusterSeat(1, self.of, self.hosts).name}",
                f"cluster_formation.classic_config.nodes.2 = {self.name}",
                f"cluster_formation.discovery_retry_limit = {_JOIN_TRIES}",
                f"cluster_formation.discovery_retry_interval = {_JOIN_EVERY}",
            ]
        return lines

    def arguments(self) -> str:
        """Return what Erlang is told beside; the same for all nodes of a cluster."""
        return "" if self.is_alone else f"-kernel net_ticktime {TICK}"


ALONE = ClusterSeat()
"""The only node."""
