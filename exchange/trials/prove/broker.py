"""The broker of a fault proof, as far as it can be struck."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private.broker import PrivateBroker
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

    def part(self, node: int, seconds: float | None) -> None:
        """Cut a node off from the others, or (``seconds``) have its packets come late. Raises NotAllowed."""

    def join(self, node: int) -> None:
        """Take back what `part` has done."""

    def stop(self) -> None:
        """Stop all nodes."""


class NotAllowed(Exception):
    """What this machine or this user cannot do; said by name in the report."""


class PrivateNodes:
    """The private broker of the domain: one node, or several. `exchange up` looks after it, and starts it again."""

    def __init__(self, folder: Path, nodes: int) -> None:
        self._folder = folder
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

    def part(self, node: int, seconds: float | None) -> None:
        """Raise NotAllowed: the nodes of a private broker share one network."""
        raise NotAllowed("the nodes share this machine's network")

    def join(self, node: int) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Stop all nodes, whoever has started them last."""
        self._broker.stop()
