"""Looks after the private broker while a domain is served: its one node, or each of several by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private.broker import PrivateBroker
from exchange.broker.private.node import PrivateNode
from exchange.clock import monotonic
from exchange.language import tr
from exchange.runtime.supervision.node_watch import NodePatience, NodeWatch, Say
from exchange.runtime.supervision.supervised import Backoff


class BrokerWatch:
    """Keeps the nodes of ``broker`` running; ``info`` is how it is reached.

    ``provision`` and ``moved`` are those of `NodeWatch`, about the whole broker. Nodes of a cluster are started again
    in threads of their own: one may have to wait for another.
    """

    def __init__(
        self,
        broker: PrivateBroker,
        info: NodeInfo,
        say: Say,
        provision: Callable[[NodeInfo], None],
        moved: Callable[[], None],
        stop: threading.Event,
        patience: NodePatience = NodePatience(),  # noqa: B008 -- frozen
        backoff: Callable[[], Backoff] = Backoff,
    ) -> None:
        self._broker = broker
        self._info = info
        self._provision = provision
        self._moved = moved
        self._has_moved = threading.Event()
        self._one_at_a_time = threading.Lock()
        self._looks: dict[PrivateNode | None, Future[None]] = {}
        self._pool = ThreadPoolExecutor(len(broker.nodes) + 1, "nodes")
        self._say = say
        self._patience = patience
        self._sought_at = monotonic()
        self._watches = {
            node: NodeWatch(
                node,
                node.info or info,
                say,
                partial(self._provision_after, node),
                self._has_moved.set,
                stop,
                patience=patience,
                backoff=backoff(),
            )
            for node in broker.nodes
        }

    def look(self) -> None:
        """Start again whatever node has died or does not work, as `NodeWatch.look` does, or has lost the others."""
        if not self._broker.is_cluster:
            self._watches[self._broker.nodes[0]].look()
        else:
            for node, watch in self._watches.items():
                self._begin(node, watch.look)
            if monotonic() - self._sought_at > self._patience.every:
                self._sought_at = monotonic()
                self._begin(None, self._end_cut_off)
        if self._has_moved.is_set():
            self._has_moved.clear()
            self._moved()

    def _begin(self, whose: PrivateNode | None, look: Callable[[], None]) -> None:
        """Begins a look in a thread of its own, unless the one before goes on."""
        under_way = self._looks.get(whose)
        if under_way is not None and under_way.done():
            under_way.result()  # which is an error only where the program is wrong
        if under_way is None or under_way.done():
            self._looks[whose] = self._pool.submit(look)

    def _end_cut_off(self) -> None:
        for node in self._broker.cut_off():
            self._say(tr("broker: {node} has lost sight of the others; it is ended", node=node.seat.label))
            node.end(self._patience.grace)

    def _provision_after(self, node: PrivateNode, _: NodeInfo) -> None:
        """Declares anew what may be forgotten: not while other nodes of a cluster have it, and nothing has moved.

        A queue that was made while a node was away gets its replica there.
        """
        info = self._broker.info or self._info
        others = any(other.alive for other in self._broker.nodes if other is not node)
        with self._one_at_a_time:
            if not others or info != self._info:
                self._provision(info)
                self._info = info
            if self._broker.is_cluster:
                self._broker.spread()
