"""The private broker of a folder: one RabbitMQ node, or several that are a cluster on this machine.

For trials, tests and fault proofs, a cluster is driven like this::

    broker = PrivateBroker(folder, nodes=3)      # which RabbitMQ: EXCHANGE_RABBITMQ_SERVER, see `installation`
    info = broker.start(print)                   # info.url and info.management_url name all hosts of the cluster
    states = broker.states()                     # NodeState: name, running, drained, answers; each node is asked
    place = broker.place("c.a.inbox")            # QueuePlace: leader, members, online
    leader = broker.node_named(place.leader)     # a PrivateNode
    leader.kill()                                # SIGKILL; leader.kill(signal.SIGSTOP) and SIGCONT freeze and thaw it
    leader.await_end()
    leader.start(print)                          # the same node again, with its data
    broker.drain(leader); broker.revive(leader)  # out of service for maintenance, and back
    broker.stop()

A newer RabbitMQ that lives below another root is run by a folder of programs that change into it:
``script/rabbitmq-in ROOT FOLDER`` makes them, and EXCHANGE_RABBITMQ_SERVER=FOLDER/rabbitmq-server names them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.nodes import NodeState, QueuePlace, cluster_states, queue_places
from exchange.broker.private import keeper
from exchange.broker.private.control import control
from exchange.broker.private.elections import elect_leaders
from exchange.broker.private.hosts import read_hosts
from exchange.broker.private.joining import await_joined
from exchange.broker.private.looks import LOOK, joint, lost_by, seen_by
from exchange.broker.private.node import PrivateNode, Say
from exchange.broker.private.node_files import NodeFolder
from exchange.broker.private.ports import free_port
from exchange.broker.private.seat import ClusterSeat
from exchange.errors import BrokerError, NotFound, OperatorError
from exchange.machine.files import make_folder, read_json, write_file

MOST = 9
"""Nodes on one machine."""

_MOVE_PATIENCE = 300.0
"""Seconds for moving all leaders away from a node, or beginning its replicas again."""

_GROW_PATIENCE = 600.0
"""Seconds for adding replicas of all queues of a domain."""


class PrivateBroker:
    """The nodes of ``folder``. The first lies in it, the others below it.

    ``nodes``: as many as it is to have; default: as many as it had before, else one. A cluster is never made smaller.
    """

    def __init__(self, folder: Path, nodes: int | None = None) -> None:
        self._folder = NodeFolder(folder.resolve())
        had = _count_in(self._folder)
        count = had if nodes is None else nodes
        if not 1 <= count <= MOST or count < had:
            raise OperatorError(
                "the private broker in {folder} has {had} nodes and cannot have {count}",
                remedy="a cluster grows up to {most} nodes and never shrinks; three survive the loss of one",
                folder=self._folder.root,
                had=had,
                count=count,
                most=MOST,
            )
        self._grows = count > had
        self._hosts = read_hosts(self._folder.root)
        self._epmd: int | None = None
        self._choosing = threading.Lock()
        self.nodes = tuple(self._node(number, count) for number in range(1, count + 1))
        """All nodes, the first first."""

    def _node(self, number: int, count: int) -> PrivateNode:
        folder = self._folder.root if number == 1 else self._folder.root / f"node-{number}"
        seat = ClusterSeat(number, count, self._hosts)
        return PrivateNode(folder, seat, self._port_mapper if count > 1 else lambda: None)

    @property
    def is_cluster(self) -> bool:
        """Whether it has several nodes."""
        return len(self.nodes) > 1

    @property
    def info(self) -> NodeInfo | None:
        """How to reach it, by what it left in its folder; whether it runs is another question. None: no node."""
        every = [node.info for node in self.nodes]
        return joint([info for info in every if info is not None]) if every[0] is not None else None

    @property
    def alive(self) -> bool:
        """Whether a keeper of any node runs."""
        return any(node.alive for node in self.nodes)

    def found(self) -> NodeInfo | None:
        """Return how to reach it, if any of its nodes runs; starts nothing and makes no folder."""
        if not self.is_cluster:
            return self.nodes[0].found()
        return self.info if any(node.found() is not None for node in self.nodes) else None

    def start(
        self, say: Say, *, detach: bool = False, owner: int | None = None, stop: threading.Event | None = None
    ) -> NodeInfo:
        """Start all nodes and wait until they serve; those that are running already are used as they are.

        The arguments are those of `PrivateNode.start`. Raises OperatorError where RabbitMQ is not installed, or a node
        does not start or does not join the others.
        """

        def start(node: PrivateNode) -> NodeInfo:
            return node.start(say, detach=detach, owner=owner, stop=stop)

        if not self.is_cluster:
            return start(self.nodes[0])
        return self._start_cluster(start)

    def _start_cluster(self, start: Callable[[PrivateNode], NodeInfo]) -> NodeInfo:
        make_folder(self._folder.root, 0o700)
        if self._grows and self.alive:
            raise OperatorError(
                "the private broker in {folder} runs and cannot get more nodes now",
                remedy="stop it (`exchange down`), then run `exchange init --nodes` again",
                folder=self._folder.root,
            )
        had_data = [node for node in self.nodes if NodeFolder(node.folder).has_data]
        # Those with data wait for each other, so they begin together. A new one joins the first, which must serve.
        founding = had_data or [self.nodes[0]]
        joining = [node for node in self.nodes if node not in founding]
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(start, founding))
        for node in joining:
            NodeFolder(node.folder).share_secrets(self._folder)
            start(node)
        write_file(self._folder.root / _NODES, json.dumps({"nodes": len(self.nodes)}))
        self._grows = False
        info = self.info
        if info is None:
            raise OperatorError(
                "the private cluster in {folder} is gone",
                remedy="`exchange init` makes it anew",
                folder=self._folder.root,
            )
        if joining:
            await_joined(self.states, [node.seat.name for node in self.nodes], self._folder.root)
        self.spread()
        return info

    def stop(self) -> None:
        """Stop all nodes and wait for their end, but for those that `start` found running."""
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(PrivateNode.stop, self.nodes))

    def node_named(self, name: str) -> PrivateNode:
        """Return the node of that name. Raises NotFound."""
        for node in self.nodes:
            if node.seat.name == name:
                return node
        raise NotFound("the private broker has no node {name}", remedy="`exchange doctor` tells the nodes", name=name)

    def states(self) -> list[NodeState]:
        """Ask every node, at once, which nodes there are, within a bounded time; one that is frozen says nothing.

        Raises BrokerUnavailable where none answers, OperatorError for no node.
        """
        return cluster_states(self._reach(), LOOK)

    def cut_off(self) -> list[PrivateNode]:
        """Return nodes that have lost sight of most others and do not find back by themselves, as each tells of itself.

        So it is with a node that was frozen for longer than the others wait for a sign of life, before RabbitMQ 4.3:
        when it goes on, it keeps out of the cluster what runs, and the other way round, until it is started again.
        """
        return [node for node in self.nodes if 2 * len(lost_by(node)) > len(self.nodes) - 1]

    def is_whole(self) -> bool:
        """Return whether each node sees all of them run, and every queue has a replica that keeps up on each.

        Then, and no earlier, it can lose a node. Every node is asked: one that was frozen and has just gone on still
        sees the others, who have lost it. What does not answer is not whole.
        """
        names = {node.seat.name for node in self.nodes}
        if any({state.name for state in seen_by(node) if state.running} != names for node in self.nodes):
            return False
        if self.cut_off():
            return False
        with suppress(BrokerError), self._management() as management:
            return all(place.online == names and place.leader for place in queue_places(management))
        return False

    def place(self, queue: str) -> QueuePlace:
        """Ask any node that answers where a queue lies. Raises NotFound, BrokerUnavailable."""
        with self._management() as management:
            for place in queue_places(management):
                if place.name == queue:
                    return place
        raise NotFound("there is no quorum queue {queue}", remedy="`exchange init` makes those of members", queue=queue)

    def drain(self, node: PrivateNode) -> None:
        """Take a node out of service for maintenance: no clients, and no leaders. Raises OperatorError."""
        control(NodeFolder(node.folder), "rabbitmq-upgrade", "drain", seat=node.seat, patience=_MOVE_PATIENCE)

    def revive(self, node: PrivateNode) -> None:
        """Put a drained node back into service. Raises OperatorError."""
        control(NodeFolder(node.folder), "rabbitmq-upgrade", "revive", seat=node.seat, patience=_MOVE_PATIENCE)

    def elect(self, queues: Collection[str]) -> None:
        """Have queues elect a leader each (`elect_leaders`). Raises OperatorError where no node can be told."""
        alive = [node for node in self.nodes if node.alive]
        node = alive[0] if alive else self.nodes[0]
        elect_leaders(node.folder, queues, node.seat)

    def spread(self) -> None:
        """Give every quorum queue a replica on each node that runs. Raises OperatorError, BrokerUnavailable."""
        running = {state.name for state in self.states() if state.running}
        with self._management() as management:
            places = [place for place in queue_places(management, everywhere=True) if place.members]
        for node in self.nodes:
            lacks = any(node.seat.name not in place.members for place in places if place.vhost not in self._rooms)
            if lacks and node.seat.name in running:
                self._grow(node)

    @property
    def _rooms(self) -> set[str]:
        """Virtual hosts in which each node is exercised by itself."""
        return {node.seat.room for node in self.nodes}

    def _grow(self, node: PrivateNode) -> None:
        rooms = "|".join(sorted(self._rooms))
        arguments = ("grow", node.seat.name, "all", "--vhost-pattern", f"^(?!({rooms})$)", "--queue-pattern", ".*")
        alive = next(one for one in self.nodes if one.alive)
        folder = NodeFolder(alive.folder)
        control(folder, "rabbitmq-queues", *arguments, seat=alive.seat, patience=_GROW_PATIENCE)

    def _management(self) -> ManagementClient:
        info = self._reach()
        return ManagementClient(str(info.management_url), info.url, timeout=LOOK)

    def _reach(self) -> NodeInfo:
        info = self.info
        if info is None or info.management_url is None:
            raise OperatorError(
                "there is no private node in {folder}", remedy="run it: `exchange up`", folder=self._folder.root
            )
        return info

    def _port_mapper(self) -> int:
        """The port of Erlang's port mapper, by which nodes find each other: that of a running node, or a free one."""
        with self._choosing:
            for node in self.nodes:
                ports = NodeFolder(node.folder).read_ports()
                if ports is not None and node.alive:
                    return ports.epmd
            if self._epmd is None:
                before = self._folder.read_ports()
                if before is not None:
                    keeper.end_port_mapper(before.epmd)
                self._epmd = free_port(before.epmd if before is not None else None)
            return self._epmd


_NODES = "nodes.json"
"""File that says how many nodes the broker has, where it has more than one."""


def _count_in(folder: NodeFolder) -> int:
    found = (read_json(folder.root / _NODES) or {}).get("nodes")
    return found if isinstance(found, int) and 1 <= found <= MOST else 1
