"""One member running: its node joined to database and broker, its loops started and stopped in good order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from importlib.metadata import version

from exchange.approval.department.open_desk import OpenDesk
from exchange.broker.admin.queue_sight import seen_depths
from exchange.broker.traffic.consumer import BatchConsumer
from exchange.broker.traffic.link import Link
from exchange.broker.traffic.publisher import ConfirmedPublisher
from exchange.broker.traffic.topology import dead_queue
from exchange.clock import RealClock, monotonic
from exchange.directory import TreeView
from exchange.errors import PartEnded
from exchange.machine.crew import Loop
from exchange.machine.logger import get_logger
from exchange.messaging.arrival import ArrivalJudge, BrokerStamp, EventTime, OwnTime
from exchange.messaging.clock_watch import ClockWatch, record_witnesses
from exchange.messaging.dead_letters import came_abandoned
from exchange.messaging.dispatch import Dispatcher
from exchange.messaging.log.restoring import tell_restored
from exchange.messaging.log.scrubbing import Scrubbing
from exchange.messaging.log.sealing import Sealing, seal_rest
from exchange.messaging.log.witnessing import Witnessing
from exchange.messaging.node import Node
from exchange.messaging.quotas.gate import InboxGate
from exchange.messaging.quotas.intake import HoldNote, Intake
from exchange.messaging.receive import Receiver
from exchange.messaging.rules.breaker import SENDERS, SenderLimits
from exchange.messaging.rules.clocks import doubts
from exchange.runtime.draining import Left, note_left, what_is_left
from exchange.runtime.member_record import CONSUMING, RELEASE, SERVED_WITH
from exchange.runtime.periodic import look_at_desk, periodic_work, tick_for
from exchange.runtime.relay import TransitLoop
from exchange.runtime.supervision.pulse import Pulse
from exchange.runtime.ticking.consumed import consumed_queues, note_done, noted_done
from exchange.runtime.ticking.owing import Owing
from exchange.runtime.ticking.ticker import Ticker
from exchange.runtime.tree_files import remember
from exchange.runtime.work import Work
from exchange.schemas import Role
from exchange.store import Store

log = get_logger()

STUCK = 300.0
"""Seconds after which a batch or a round of periodic work that has not come to its end counts as stuck. What waits for
broker or database comes to an end within seconds, by an error, and is tried again."""

_OWED = 0.5
"""Seconds for which a member may owe receipts, and news of deadlines, while it has much to do, or the machine."""

_ALIVE_EVERY = 1.0
"""Seconds between such notes."""

DRAIN_PATIENCE = 30.0
"""Seconds that a member which is drained waits for the broker to take what is still in its outbox."""


class RunningMember:
    """Serves one member until closed: consumes, dispatches, and does its role's periodic work."""

    def __init__(
        self,
        node: Node,
        store: Store,
        link: Link,
        work: Work,
        *,
        tick: float | None = None,
        batch: int = 100,
        window: int = 400,
        periodic: bool = True,
        event_times: bool = False,
        intake: Intake | None = None,
        senders: SenderLimits = SENDERS,
        on_activity: Callable[[], None] = lambda: None,
    ) -> None:
        self.node, self._store = node, store
        self._link, self._work = link, work
        self._batch, self._window = batch, window
        self._desk = OpenDesk(node, work.opinion_rule) if work.opinion_rule is not None else None
        self._periodic, self._event_times = periodic, event_times
        self._on_activity = on_activity
        self._gate = InboxGate(node.domain, senders)
        self.intake = intake
        """Whether it takes in new business, and what comes in; None where nobody looks."""
        node.intake = lambda: None  # its own work goes on; doors look for themselves
        self.activity = 0
        """Counts committed batches; unchanged means that nothing was taken in meanwhile."""
        self._said_alive, self._version = 0.0, 0
        self._owing = Owing(node, self._patience)
        self._log_rounds = {
            "log": Sealing().look, "check of the log": Scrubbing().look, "witnesses of logs": Witnessing().look,
            "broker": HoldNote(lambda: bool(self._publisher and self._publisher.held)).look,
            "breakers": self._gate.look,
        }  # fmt: skip
        tick = tick if tick is not None else tick_for(node.clock)
        self._ticker = Ticker(node.address, tick, self._look, self._attend, lambda: self._owing.wait)
        self._stopping = threading.Event()
        self.dispatcher = Dispatcher(node, RealClock(), depths=lambda queues: seen_depths(link.url, queues))
        node.hand_over = self.dispatcher.offer
        if isinstance(node.clock, RealClock):
            node.clock_watch = ClockWatch(store.server_time)
        self._threads: list[Loop] = []
        self._publisher: ConfirmedPublisher | None = None
        self._consumer: BatchConsumer | None = None
        self._transit: TransitLoop | None = None

    def start(self) -> None:
        """Connect and start all loops. Raises the errors of broker and database when they cannot be reached."""
        roles = self.node.directory.member(self.node.address).roles
        self._hold_clock_against_record()
        tell_restored(self.node)
        judge = self._judge()
        accounts = self._link.user_id is not None
        receiver = Receiver(
            self.node, self._work.handlers, judge, self._work.on_signed, self._committed, accounts=accounts,
            debts=self._owing.receipts, gate=self._gate,
            room=self.intake.check_deliveries if self.intake is not None else lambda: None,
        )  # fmt: skip
        dead = dead_queue(self.node.address)
        self._publisher = ConfirmedPublisher(
            self._link.url,
            sender=self.node.address,
            user_id=self._link.user_id,
            on_results=self.dispatcher.on_results,
            max_messages=self._window,
            on_connected=self.dispatcher.connected,
        )
        self._publisher.start()
        self._spawn("dispatch", lambda: self.dispatcher.run(self._publisher))  # type: ignore[arg-type]
        self._consumer = BatchConsumer(
            self._link.url,
            consumed_queues(self.node.address, Role.WINDOW in roles, self._link.stamps),
            lambda batch: (receiver.take_abandoned if came_abandoned(dead, batch) else receiver.on_batch)(batch),
            name=self.node.address,
            max_batch=self._batch,
            trust_stamp=isinstance(judge, BrokerStamp),
            accounts=accounts,
            can_take=receiver.can_take,
        )
        self._consumer.start()
        if Role.RELAY in roles:
            self._transit = TransitLoop(self.node, self._link.url, self._link.user_id, self._committed, self._gate)
            self._transit.start()
        if self._periodic:
            self._spawn("tick", self._ticker.run)
            for name, loop in self._work.loops.items():
                self._spawn(name, partial(loop, self._stopping))
        log.info("member.serving", node=self.node.address, roles=[role.value for role in roles])

    def pulse(self) -> Pulse:
        """Return whether the member lives at this moment: its connections and its loops, by name."""
        connections = {
            "publish": self._publisher is not None and self._publisher.connected,
            "consume": self._consumer is not None and self._consumer.state.connected,
        }
        if self._transit is not None:
            connections["transit"] = self._transit.connected
        loops = {thread.name.rpartition(":")[2]: thread.is_alive() for thread in self._threads}
        loops["handle"] = self._consumer is not None and self._consumer.working
        ticked_at = self._ticker.ticked_at
        return Pulse(
            connections, loops, monotonic() - ticked_at if ticked_at else None, self._ticker.records, self.stuck()
        )

    def stuck(self) -> str | None:
        """Return which of its loops has been at one piece of work for `STUCK` seconds, and for how long.

        This never waits.
        """
        busy = {"tick": self._ticker.ticking_since, "handle": self._consumer.busy_since if self._consumer else None}
        for name, since in busy.items():
            if since is not None and monotonic() - since >= STUCK:
                return f"{name}: one round of work goes on for {monotonic() - since:.0f} s"
        return None

    def check_loops(self) -> None:
        """Raise PartEnded if one of its loops has ended by itself."""
        ended = [name for name, runs in self.pulse().loops.items() if not runs]
        if ended and not self._stopping.is_set():
            raise PartEnded("{ended} of {address} ended by itself", ended=", ".join(ended), address=self.node.address)

    def wake(self) -> None:
        """Wake the loops after something was committed: the desk or the watch list may have work."""
        self._ticker.wake()

    def _committed(self) -> None:
        self.activity += 1
        self.wake()
        self._on_activity()

    def drain(self, patience: float = DRAIN_PATIENCE) -> Left:
        """Take in nothing new, finish what is in hand, and let the outbox empty.

        Returns what is left when that is over.

        Waits up to ``patience`` seconds for the broker to take what never went out. `close` comes after.
        """
        if self._consumer is not None:
            self._consumer.close()
        if self._transit is not None:
            self._transit.close()
        self._stopping.set()
        self._ticker.stop()
        for thread in self._threads:
            if thread.name.endswith(":tick"):
                thread.join(10)
        if self._periodic:
            periodic_work(self.node, self._desk)
        self._owing.give_all()
        seal_rest(self.node)
        until = monotonic() + patience
        while what_is_left(self._store).unsent and monotonic() < until:
            threading.Event().wait(0.05)
        left = note_left(self._store, self.node.clock.now())
        log.info("member.drained", node=self.node.address, **asdict(left))
        return left

    def close(self) -> None:
        """Stop consuming first, let what was committed go out, then disconnect."""
        self._stopping.set()
        self._ticker.stop()
        if self._consumer is not None:
            self._consumer.close()
        if self._transit is not None:
            self._transit.close()
        self._owing.give_all()
        self.node.hand_over = None
        self.dispatcher.stop()
        for thread in self._threads:
            thread.join(10)
        seal_rest(self.node)
        if self._publisher is not None:
            self._publisher.close()
        self._work.close()
        self._store.close()
        log.info("member.stopped", node=self.node.address)

    def _patience(self) -> float:
        """How long something may be owed; not at all where no round would give it."""
        load = self._consumer.load if self._consumer is not None and self._periodic else None
        return load.patience_for_others(_OWED) if load is not None else 0.0

    def _spawn(self, name: str, target: Callable[[], None]) -> None:
        thread = Loop(f"{self.node.address}:{name}", target, self._stopping.is_set)
        thread.start()
        self._threads.append(thread)

    def _hold_clock_against_record(self) -> None:
        """A clock that has gone back behind what this member has written itself is named before anything is done."""
        if isinstance(self.node.clock, RealClock):
            with self.node.store.reading() as tx:
                found = doubts(self.node.clock.now(), record_witnesses(tx, self.node.address, tx.get_meta(CONSUMING)))
            for reason in found:
                log.error(
                    "clock.doubtful", node=self.node.address, reason=str(reason), remedy="set this machine's clock"
                )

    def _judge(self) -> ArrivalJudge:
        if self._event_times:
            return EventTime()
        with self.node.store.reading() as tx:
            own = OwnTime(noted_done(tx, self.node.clock.now()), self.node.clock)
        return BrokerStamp(self.node.clock, own) if self._link.stamps else own

    def _look(self) -> None:
        """What may have come due, the desk apart: that has its turn in every round."""
        own = {"what is owed": self._owing.look, "sign of life": self._say_alive, **self._log_rounds}
        periodic_work(self.node, None, {**self._work.rounds, **own})

    def _attend(self) -> None:
        """What was just made ready: consultations for the desk, and what was owed long enough."""
        look_at_desk(self.node, self._desk)
        self._owing.give()

    def _say_alive(self, _node: Node) -> None:
        consumer = self._consumer if self._consumer is not None and self._consumer.state.connected else None
        if consumer is not None and monotonic() - self._said_alive >= _ALIVE_EVERY:
            with self.node.store.transaction() as tx:
                tx.set_meta(CONSUMING, self.node.clock.now().isoformat())
                note_done(tx, consumer, self.node.clock)
                if not self._said_alive:
                    tx.set_meta(RELEASE, version("yizhan"))
                # A look later than it was taken, when no step is under way that sealed by the one before.
                if self._version == self.node.directory.version:
                    tx.set_meta(SERVED_WITH, str(self._version))
                if isinstance(self.node.directory, TreeView):
                    remember(tx, self.node.directory.tree.marks)
            self._said_alive, self._ticker.records = monotonic(), True
            self._version = self.node.directory.version
