"""Confirmed copies that lie in their queues: not sent again, and looked for again as long as they may be lost."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from exchange.clock import Clock, monotonic
from exchange.directory.addressing import UPLINK
from exchange.errors import BrokerError, DatabaseUnavailable
from exchange.machine.logger import get_logger
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import Parcel
from exchange.messaging.rules.repetition import QueueDepth, lies_there

log = get_logger()

Depths = Callable[[Collection[str]], Mapping[str, QueueDepth | None]]
"""How deep queues are, as `exchange.broker.admin.queue_sight` asks. Raises BrokerError."""

LOOK_EVERY = timedelta(seconds=30)
"""Time between two looks at queues in which copies wait; also what a receipt is given to come once none waits there."""

PARKED = timedelta(hours=1)
"""When a copy that waits is looked for in any case, whatever became of whoever looked until then."""


class WaitingCopies:
    """Decides for one node, in the dispatcher's thread, which confirmed copies that are due are to be sent again."""

    def __init__(self, node: Node, now_real: Clock, depths: Depths | None, look_every: timedelta = LOOK_EVERY) -> None:
        self._node = node
        self._now_real = now_real
        self._depths = depths
        self._look_every = look_every
        self._queues: set[str] = set()
        """Those in which copies wait."""
        self._looked_at = monotonic()
        self._anew_from: float | None = None
        """From when on all that waits is to be looked for: a while after a start, or after a connection was lost."""
        self.connected()

    def connected(self) -> None:
        """Take notice of a new connection: what an earlier one confirmed may be gone with its disk. From any thread."""
        if self._anew_from is None:
            self._anew_from = monotonic() + self._look_every.total_seconds()

    def look(self) -> None:
        """Look for what waits, where it is time. Raises DatabaseUnavailable."""
        if self._depths is None:
            return
        if self._anew_from is not None and monotonic() >= self._anew_from:
            self._anew_from = None
            try:
                known = self._look_anew()
            except DatabaseUnavailable:
                self.connected()
                raise
            if not known:
                self.connected()
        if self._queues and monotonic() - self._looked_at >= self._look_every.total_seconds():
            self._looked_at = monotonic()
            confirmed, depths = self._ask(self._queues)
            for queue in [queue for queue in self._queues if queue in depths]:
                # Of all that waits there the youngest: a queue that is worked off is given its time.
                if not lies_there(depths[queue], confirmed.get(queue, 0), timedelta(), passes_on=_passes_on(queue)):
                    self._queues.discard(queue)
                    self._hasten(queue, self._look_every)

    def _look_anew(self) -> bool:
        """Have all that waits looked at now, where it can be seen whether it lies there; return whether that is known.

        What cannot be seen would all go out once more with every connection that is lost: there its patience counts.
        """
        with self._node.store.reading() as tx:
            queues = sorted(tx[Outbox].confirmed())
        if not queues:
            return True
        _, depths = self._ask(queues)
        for queue in queues:
            if depths.get(queue) is not None:
                self._hasten(queue, timedelta())
        return bool(depths)

    def without(self, parcels: Sequence[Parcel]) -> list[Parcel]:
        """Return those of the parcels that are to be sent; the others wait. Raises DatabaseUnavailable."""
        due = [parcel for parcel in parcels if parcel.confirmed_at is not None]
        if not due or self._depths is None:
            return list(parcels)
        confirmed, depths = self._ask({parcel.queue for parcel in due})
        now = self._node.clock.now()
        waiting = {
            parcel.id
            for parcel in due
            if parcel.queue not in depths
            or lies_there(
                depths[parcel.queue],
                confirmed.get(parcel.queue, 0),
                self._age(parcel, now),
                passes_on=_passes_on(parcel.queue),
            )
        }
        if waiting:
            self._park([parcel for parcel in due if parcel.id in waiting], depths)
        return [parcel for parcel in parcels if parcel.id not in waiting]

    def _park(self, parcels: Sequence[Parcel], depths: Mapping[str, QueueDepth | None]) -> None:
        """Where nobody consumes, nothing changes for a copy until somebody does; else its age is looked at soon."""
        real = self._now_real.now()
        resting = [parcel.id for parcel in parcels if _is_idle(depths.get(parcel.queue))]
        soon = [parcel.id for parcel in parcels if parcel.id not in set(resting)]
        with self._node.store.transaction() as tx:
            tx[Outbox].postpone(resting, real + PARKED)
            tx[Outbox].postpone(soon, real + self._look_every)
        self._queues |= {parcel.queue for parcel in parcels}

    def _ask(self, queues: Collection[str]) -> tuple[Mapping[str, int], Mapping[str, QueueDepth | None]]:
        """What is confirmed in queues, counted before they are asked; no depths where the broker cannot be asked."""
        assert self._depths is not None  # noqa: S101
        with self._node.store.reading() as tx:
            confirmed = tx[Outbox].confirmed(sorted(queues))
        try:
            return confirmed, self._depths(sorted(queues))
        except BrokerError as error:
            log.info("dispatch.depths", node=self._node.address, reason=str(error))
            return confirmed, {}

    def _hasten(self, queue: str, later: timedelta) -> None:
        with self._node.store.transaction() as tx:
            tx[Outbox].hasten(self._now_real.now() + later, queue)

    def _age(self, parcel: Parcel, now: datetime) -> timedelta:
        """In real time, whatever clock the node keeps."""
        since = now - parcel.confirmed_at if parcel.confirmed_at is not None else timedelta()
        return timedelta(seconds=max(0.0, self._node.clock.real_seconds(since)))


def _is_idle(depth: QueueDepth | None) -> bool:
    return depth is not None and depth.consumers == 0


def _passes_on(queue: str) -> bool:
    return queue.startswith(UPLINK)
