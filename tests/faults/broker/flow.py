"""Documents that flow from member to member over a cluster while its nodes are hurt, and how long the flow pauses."""

from __future__ import annotations

import itertools
import secrets
import signal
import threading
from collections import Counter
from pathlib import Path
from types import TracebackType

from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import stamps_arrival
from exchange.broker.private.broker import PrivateBroker
from exchange.broker.private.node import PrivateNode
from exchange.clock import RealClock, monotonic
from exchange.messaging.inbox import Inbox
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step
from exchange.runtime.work import Work
from exchange.schemas import Body, Document, DocumentKind, DocumentNumber, Purpose, Role
from exchange.store.journal import JournalEntry
from exchange.trials.local import LocalDomain, Seat

EVERY = 0.02
"""Seconds between two documents, and between two looks."""

TAKEN_IN = "taken-in"
"""What the receiver writes in its journal when it handles one."""


class ClusterFlow:
    """A sender and a receiver, served; a context manager. Documents flow until `finish`."""

    def __init__(self, folder: Path, broker: PrivateBroker, info: NodeInfo) -> None:
        name = f"flow{secrets.token_hex(3)}"
        self.broker = broker
        self.sender, self.receiver = f"{name}.sender", f"{name}.receiver"
        seats = {
            self.sender: Seat((Role.DEPARTMENT,)),
            self.receiver: Seat((Role.DEPARTMENT,), Work(handlers={Document.KIND: _take_in})),
        }
        self._domain = LocalDomain(
            folder / name, name, info, RealClock(), seats, stamps=stamps_arrival(info.url), rest=2.0
        )
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=work) for work in (self._send, self._watch)]
        self.sent: list[str] = []
        self.arrivals: list[float] = []
        """When each further document was found committed at the receiver (`exchange.clock.monotonic`)."""

    def __enter__(self) -> ClusterFlow:
        self._domain.__enter__()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        self._domain.close()

    def await_flow(self, documents: int, patience: float = 120.0) -> None:
        """Wait until so many more documents have arrived."""
        wanted, until, pause = len(self.arrivals) + documents, monotonic() + patience, threading.Event()
        while len(self.arrivals) < wanted:
            assert monotonic() < until, f"{documents} further documents did not arrive within {patience:.0f} s"
            pause.wait(EVERY)

    def pause_since(self, moment: float) -> float:
        """Return the longest time since then in which nothing arrived."""
        times = [moment, *(one for one in self.arrivals if one > moment), monotonic()]
        return max(later - before for before, later in itertools.pairwise(times))

    def leader(self) -> PrivateNode:
        """Return the node that leads the receiver's queue."""
        return self.broker.node_named(self.broker.place(f"{self.receiver}.inbox").leader)

    def finish(self, patience: float = 180.0) -> None:
        """Stop sending, wait for the last receipt, and raise AssertionError where anything was lost or doubled."""
        self._stop.set()
        self._threads[0].join()
        until, pause = monotonic() + patience, threading.Event()
        while self._count() < len(self.sent):
            assert monotonic() < until, f"{self._count()} of {len(self.sent)} documents have arrived"
            pause.wait(0.1)
        self._domain.settle(patience)
        self._threads[1].join()
        with self._domain.nodes[self.receiver].store.reading() as tx:
            taken = Counter(one.message_id for one in tx.recent_journal(10 * len(self.sent)) if one.event == TAKEN_IN)
            dead = tx[Inbox].dead_letters()
        assert taken == Counter(self.sent), "each was taken in, and once"
        assert dead == []

    def _send(self) -> None:
        node, member = self._domain.nodes[self.sender], self._domain.members[self.sender]
        while not self._stop.wait(EVERY):
            with node.step() as step:
                self.sent.append(step.send(_document(), (self.receiver,)))
            member.wake()

    def _watch(self) -> None:
        while not self._stop.wait(EVERY):
            new = self._count() - len(self.arrivals)
            self.arrivals += [monotonic()] * new

    def _count(self) -> int:
        with self._domain.nodes[self.receiver].store.reading() as tx:
            return tx[Inbox].counts().get("document", 0)


def kill_leader(flow: ClusterFlow) -> float:
    """Kill the leader's server; return the pause. The node runs again afterwards."""
    leader, began = flow.leader(), monotonic()
    leader.kill()
    flow.await_flow(50)
    pause = flow.pause_since(began)
    leader.await_end()
    leader.start(lambda text: None)
    find_back(flow.broker)
    return pause


def freeze_leader(flow: ClusterFlow) -> float:
    """Stop the leader's server without ending it, as behind a lost network; return the pause.

    It is thawed again, and started anew where it has lost the others, as `exchange up` does.
    """
    leader, began = flow.leader(), monotonic()
    leader.kill(signal.SIGSTOP)
    try:
        flow.await_flow(50)
        return flow.pause_since(began)
    finally:
        leader.kill(signal.SIGCONT)
        find_back(flow.broker)


def find_back(broker: PrivateBroker, patience: float = 180.0) -> None:
    """Look after the nodes as `exchange up` does until the cluster can lose one again."""
    until, pause = monotonic() + patience, threading.Event()
    while not broker.is_whole():
        assert monotonic() < until, f"the cluster did not become whole again: {broker.states()}"
        for node in broker.cut_off():
            node.end(10.0)
            node.start(lambda text: None)
        pause.wait(0.5)


def drain_leader(flow: ClusterFlow) -> float:
    """Take the leader's node out of service as for maintenance; return the pause. It is put back."""
    leader, began = flow.leader(), monotonic()
    flow.broker.drain(leader)
    flow.await_flow(50)
    pause = flow.pause_since(began)
    flow.broker.revive(leader)
    find_back(flow.broker)
    return pause


FAULTS = {"killed": kill_leader, "frozen": freeze_leader, "drained": drain_leader}
"""What happens to the leader of the receiver's queue."""


def _take_in(step: Step, incoming: Incoming, _: Body) -> None:
    step.tx.journal([JournalEntry(step.now, TAKEN_IN, message_id=incoming.message_id)])


def _document() -> Document:
    return Document(
        number=DocumentNumber(agency="合政办", year=2026, serial=7),
        kind=DocumentKind.NOTICE,
        issuer="市人民政府办公厅",
        title="关于推进并联审批的通知",
        body="为深入推进行政审批制度改革，现就并联审批有关事项通知如下。",
        date=RealClock().now().date(),
        purpose=Purpose.INFORMATION,
    )
