"""Consuming in batches: deliveries of one queue are handled together and acknowledged together, in their order.

Two threads: the connection's, which fills one lane a queue, and a worker, which empties them through the handler.
A delivery is acknowledged only when the handler has returned. A handler that raises cannot take anything now: its
lane goes to rest, which gives the messages back to the broker, and it is asked with growing patience whether it can
take as many octets again. Giving back costs each message one of the deliveries its queue allows, so it is done once,
not at every try: who is asked has to try what a batch would do, or innocents are abandoned in the end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial

import pika

from exchange.broker.traffic.keeping_up import TICK
from exchange.broker.traffic.lane import Catch, ConsumedQueue, Lane
from exchange.broker.traffic.loop import START_PATIENCE, ConnectionLoop
from exchange.broker.traffic.pause import Pause
from exchange.broker.traffic.turns import QueueTurns
from exchange.broker.traffic.wakeup import Wakeup
from exchange.clock import monotonic
from exchange.errors import BrokerError, ExchangeError
from exchange.machine.crew import Loop
from exchange.machine.load import Load
from exchange.machine.logger import get_logger
from exchange.messaging.ports import OnBatch

log = get_logger()

CanTake = Callable[[int], None]
"""Raises as long as a batch of so many octets could not be handled."""

REST_FIRST, REST_MOST = 0.5, 30.0
"""Seconds that a lane rests after its handler has failed: at first, and at most."""

GATHER, _GATHER_CROWDED = 0.005, 0.1
"""Seconds that deliveries gather for a handler that has hardly a pause, and on a machine that lacks processors for all
there is to do; an idle handler gets the first at once."""

_LAST_BATCH = 30.0
"""Seconds that `close` waits for the handler to finish the batch it has."""


class ConsumerState:
    """What is known of a consumer from outside."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lanes = lanes

    @property
    def connected(self) -> bool:
        """Whether all queues are being consumed at this moment."""
        return all(lane.consuming for lane in self._lanes)

    @property
    def done_until(self) -> float | None:
        """By when (`exchange.clock.monotonic`) all that had come was dealt with for good; None where nobody knows."""
        marks = [lane.done_until for lane in self._lanes]
        return None if None in marks else min(mark for mark in marks if mark is not None)


_FIRST_AT_MOST = 2.0
"""Seconds of a new connection in which what is to be handled first keeps the rest waiting: it may lie with another
process."""

_LOOK_AGAIN = 0.02
"""Seconds between two looks whether that is through."""

_COMES_BACK = 0.25
"""Seconds in which a broker gives back what an earlier channel had in hand; what of it comes into the first batch is
handled before the rest of that batch."""


class BatchConsumer:
    """Consumes ``queues``, the one that overtakes first, and hands them to ``on_batch`` in a thread of its own.

    A batch holds up to ``max_batch`` deliveries, or those of ``max_wait`` seconds; of up to `GATHER` where the handler
    has hardly a pause, of more on a crowded machine, of none where it is idle and nothing else is said. ``trust_stamp``
    says that the broker is known to overwrite the arrival stamp; without it deliveries have none. ``accounts`` says
    that members have accounts, so that the sender in a routing key is one. ``can_take`` raises as long as a batch of so
    many octets could not be handled; without it an empty batch is handled instead.
    """

    def __init__(
        self,
        url: str,
        queues: Sequence[ConsumedQueue],
        on_batch: OnBatch,
        *,
        name: str,
        max_batch: int = 50,
        max_wait: float | None = None,
        trust_stamp: bool = False,
        accounts: bool = False,
        can_take: CanTake | None = None,
    ) -> None:
        self._name = name
        self._on_batch = on_batch
        self._can_take: CanTake = can_take or (lambda octets: on_batch(()))
        self._max_batch = max_batch
        self._max_wait = max_wait
        self.load = Load()
        """How busy the handler is."""
        self._trust_stamp = trust_stamp
        self._wakeup = Wakeup()
        self._lanes = [Lane(queue, self._wakeup, self._on_lane, accounts) for queue in queues]
        self._first_until = 0.0
        """Until when queues that are handled first keep the others waiting, at most (`exchange.clock.monotonic`)."""
        self._rests: dict[Lane, float] = {}
        self._needs: dict[Lane, int] = {}
        """Octets of the batch that a resting lane could not hand over."""
        self._patience = {lane: Pause(REST_FIRST, REST_MOST) for lane in self._lanes}
        self._turns = QueueTurns()
        self._closing = threading.Event()
        self.busy_since: float | None = None
        """When the handler was given what it has in hand (`exchange.clock.monotonic`); None while it has nothing."""
        self._loop = ConnectionLoop(url, f"{name}:consume", self)
        self._worker = Loop(f"{name}:handle", self._work, self._closing.is_set)
        self.state = ConsumerState(self._lanes)

    def start(self, patience: float = START_PATIENCE) -> None:
        """Connect and consume. Raises BrokerUnavailable or BadTopology after ``patience`` seconds without success."""
        self._worker.start()
        try:
            self._loop.start(patience)
        except BrokerError:
            self.close()
            raise

    @property
    def working(self) -> bool:
        """Whether the thread that handles deliveries runs."""
        return self._worker.is_alive()

    def close(self) -> None:
        """Finish the batch in hand, acknowledge it, and disconnect; the rest goes back to its queues."""
        self._closing.set()
        self._wakeup.interrupt()
        if self._worker.is_alive():
            self._worker.join(_LAST_BATCH)
        self._loop.close()

    # --- connection's thread --------------------------------------------------------------------------------------

    def opened(self, connection: pika.SelectConnection) -> None:
        """Connect all lanes to a new connection."""
        self._first_until = monotonic() + _FIRST_AT_MOST
        for lane in self._lanes:
            lane.connect(connection)
        self._tick()

    def lost(self, reason: str) -> None:
        """Disconnect all lanes: the connection is gone, and with it all that was not acknowledged."""
        for lane in self._lanes:
            lane.disconnect()

    def _tick(self) -> None:
        for lane in self._lanes:
            lane.tick()
        self._loop.call_later(TICK, self._tick)

    def _on_lane(self, error: BrokerError | None) -> None:
        if error is not None:
            self._loop.failing(error)
        elif self.state.connected:
            self._loop.ready()

    # --- worker ---------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wake_rested()
            chosen = self._turns.choose([0 if self._keeps_out(lane) else lane.waiting for lane in self._lanes])
            if chosen is None:
                self._wakeup.wait(self._waiting, 1, self._until_something_changes())
            else:
                self._serve(self._lanes[chosen])

    def _serve(self, lane: Lane) -> None:
        catch = lane.catch
        if catch is None:
            return
        self._collect(catch)
        deliveries, tag = catch.take(lane.queue.name, self._max_batch, self._trust_stamp)
        if catch.gone or not deliveries:
            return
        try:
            self._busy(partial(self._on_batch, deliveries))
        except Exception as error:
            self._needs[lane] = sum(len(delivery.body) for delivery in deliveries)
            self._send_to_rest(lane, catch, error)
        else:
            self._patience[lane].reset()
            self._loop.call_soon(partial(lane.acknowledge, catch, tag))

    def _busy(self, work: Callable[[], None]) -> None:
        self.busy_since = monotonic()
        try:
            with self.load.working():
                work()
        finally:
            self.busy_since = None

    def _collect(self, catch: Catch) -> None:
        """Lets a group grow until it is full or its first delivery has waited long enough."""
        wait = self.load.patience(GATHER, _GATHER_CROWDED) if self._max_wait is None else self._max_wait
        until = catch.since + (max(wait, _COMES_BACK) if catch.may_be_out_of_order else wait)
        while not self._closing.is_set() and not catch.gone and len(catch.raw) < self._max_batch:
            left = until - monotonic()
            if left <= 0:
                return
            self._wakeup.wait(lambda: len(catch.raw), self._max_batch, left)

    def _send_to_rest(self, lane: Lane, catch: Catch, error: Exception) -> None:
        lane.resting = catch.gone = True  # a later tag of this channel would acknowledge what has failed
        self._rest(lane, error)
        self._loop.call_soon(partial(lane.hand_back, catch))

    def _wake_rested(self) -> None:
        for lane, until in list(self._rests.items()):
            if monotonic() < until or self._closing.is_set():
                continue
            try:
                self._busy(partial(self._can_take, self._needs[lane]))
            except Exception as error:
                self._rest(lane, error)
            else:
                del self._rests[lane]
                lane.resting = False
                self._loop.call_soon(lane.open)

    def _rest(self, lane: Lane, error: Exception) -> None:
        wait = self._patience[lane].next()
        self._rests[lane] = monotonic() + wait
        said = {"consumer": self._name, "queue": lane.queue.name, "again_in": round(wait, 2)}
        if isinstance(error, ExchangeError):
            log.error("consume.handler", code=error.code, reason=str(error), **said)
        else:
            log.error("consume.handler", exc_info=error, **said)

    def _waiting(self) -> int:
        return sum(lane.waiting for lane in self._lanes if not self._keeps_out(lane))

    def _keeps_out(self, lane: Lane) -> bool:
        """Whether a lane has no turn: it rests, or others are to be handled first and are not through yet."""
        return lane in self._rests or (not lane.queue.first and self._first_goes_on())

    def _first_goes_on(self) -> bool:
        if monotonic() >= self._first_until:
            return False
        return any(lane.queue.first and lane.may_hold_backlog for lane in self._lanes)

    def _until_something_changes(self) -> float | None:
        if self._first_goes_on():
            return _LOOK_AGAIN
        return max(0.0, min(self._rests.values()) - monotonic()) if self._rests else None
