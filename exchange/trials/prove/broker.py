"""The broker of a fault proof, as far as it can be struck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private.broker import PrivateBroker
from exchange.broker.private.hosts import NodeHost, write_hosts
from exchange.errors import BrokerUnavailable

Say = Callable[[str], None]


class StruckBroker(Protocol):
    """Nodes, numbered from 1, and what can befall each. Somebody starts again what has been killed."""

    @property
    def nodes(self) -> int:
        """Return how many there are."""

    @property
    def info(self) -> NodeInfo:
        """Return how it is reached now. Raises BrokerUnavailable before it was started."""

    def start(self, say: Say) -> NodeInfo:
        """Start it; returns how it is reached. Raises OperatorError."""

    def signal(self, node: int, number: int) -> bool:
        """Send a node's server a signal; returns False while it does not run."""

    def stop(self) -> None:
        """Stop all nodes."""


class NotAllowed(Exception):
    """What this machine or this user cannot do; said by name in the report."""


class PrivateNodes:
    """The private broker of the domain: one node, or several. `exchange up` looks after it, and starts it again.

    ``hosts``: those of its nodes, where each is to have one of its own.
    """

    def __init__(self, folder: Path, nodes: int, hosts: Sequence[NodeHost] = ()) -> None:
        self._folder = folder
        if hosts:
            write_hosts(folder, hosts)
        self._broker = PrivateBroker(folder, nodes)

    @property
    def nodes(self) -> int:
        """Return how many there are."""
        return len(self._broker.nodes)

    @property
    def info(self) -> NodeInfo:
        """Return how it is reached now, by what whoever started it last has left."""
        info = PrivateBroker(self._folder).info
        if info is None:
            raise BrokerUnavailable("no answer from the broker at {url}", url=str(self._folder))
        return info

    def start(self, say: Say) -> NodeInfo:
        """Start it. Raises OperatorError."""
        return self._broker.start(say)

    def signal(self, node: int, number: int) -> bool:
        """Send a node's server a signal."""
        struck = PrivateBroker(self._folder).nodes[node - 1]  # it may have been started by others since
        if not struck.alive:
            return False
        struck.kill(number)
        return True

    def stop(self) -> None:
        """Stop all nodes, whoever has started them last."""
        self._broker.stop()
