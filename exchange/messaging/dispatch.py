"""Dispatch: the outbox is the only way out.

Copies that are due go to the publisher, many in flight; its results are written back in batches. A confirm makes a
copy *sent*: it stays, and goes out again if the addressee's signed receipt does not come, each time with more
patience, and not while it is to be taken to lie in its queue (`exchange.messaging.waiting`). Patience is real time,
since a broker does not live on the node's clock.

The rows are the truth. What a step of this process has just committed is handed over in memory too, which saves
reading it back; whatever is not handed over, or finds no room, is read from its rows.

What an operator holds does not go out: copies that a standing hold covers are put to rest in their rows, where no look
for what is due finds them, until the release makes them due. Holds are read before the first copy goes, and then
again every second.
"""

from __future__ import annotations

import queue
import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from exchange.clock import Clock, monotonic
from exchange.directory.addressing import UPLINK
from exchange.envelope import envelope_for
from exchange.errors import DatabaseUnavailable
from exchange.machine.load import Load
from exchange.machine.logger import get_logger
from exchange.messaging.freshness import Carrier
from exchange.messaging.holds import Holds
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.ports import Publication, Publisher, PublishOutcome, PublishResult
from exchange.messaging.records import Parcel
from exchange.messaging.rules.holding import Hold
from exchange.messaging.rules.label import label_for
from exchange.messaging.waiting import LOOK_EVERY, Depths, WaitingCopies

log = get_logger()

_GATHER, _GATHER_SECONDS, _QUIET_SECONDS = 200, 0.05, 0.02
"""Results are written back when there are so many, or after so long; sooner once nothing is in flight any more."""
_SURELY = 10.0
"""Seconds after which the outbox is looked into whatever the store's mark says, which may miss one of two commits."""
_APART_FOR_EACH, _APART_MOST, _APART_CROWDED = 0.002, 0.03, 0.1
"""Seconds between two lots that go out, for each copy of the first one and in all, where this dispatcher has hardly a
pause, and on a crowded machine; none where it is idle."""
_HOLDS_EVERY = 1.0
"""Seconds after which holds are looked at again before a lot goes out."""


class Dispatcher:
    """Moves one node's outbox to the broker. ``run`` is its loop; ``offer`` hands over what was just committed."""

    def __init__(
        self,
        node: Node,
        now_real: Clock,
        *,
        batch: int = 300,
        receipt_patience: timedelta = timedelta(seconds=30),
        retry_after: timedelta = timedelta(seconds=1),
        poll: float = 0.5,
        abandon_after: int = 50,
        depths: Depths | None = None,
        look_every: timedelta = LOOK_EVERY,
    ) -> None:
        self._node = node
        self._carrier = Carrier(node)
        self._now_real = now_real
        self._batch = batch
        self._receipt_patience = receipt_patience
        self._retry_after = retry_after
        self._poll = poll
        self._abandon_after = abandon_after
        self._waiting = WaitingCopies(node, now_real, depths, look_every)
        self.connected = self._waiting.connected
        """To be called, from any thread, when the publisher has a new connection."""
        self._flying: dict[int, Parcel] = {}
        self._offered: deque[Parcel] = deque()
        self._results: queue.SimpleQueue[PublishResult] = queue.SimpleQueue()
        self._settled_at, self._lot, self._load = 0.0, 0, Load()
        self._looked_at = self._went_at = 0.0
        self._mark: object | None = None
        self._next_due: datetime | None = None
        self._holds: Sequence[Hold] | None = None
        self._holds_at = 0.0
        self._written = True
        """Whether there may be copies that were neither offered nor seen by the last look into the outbox."""
        self._wake = threading.Event()
        self._stopping = threading.Event()

    @property
    def held(self) -> Sequence[Hold]:
        """What it lets rest, as known a second ago at most; empty before its first pass."""
        return self._holds or ()

    def offer(self, parcels: Sequence[Parcel]) -> None:
        """Take copies that are committed; safe from any thread. Never waits: the rows are there in any case."""
        if len(self._offered) + len(parcels) <= self._batch:
            self._offered.extend(parcels)
        else:
            self._written = True
        self._wake.set()

    def stop(self) -> None:
        """End ``run`` after the pass it is in."""
        self._stopping.set()
        self._wake.set()

    def on_results(self, results: Sequence[PublishResult]) -> None:
        """Put the publisher's results in a queue, so that the connection's thread never waits for the database."""
        for result in results:
            self._results.put(result)
        if self._results.qsize() >= _GATHER:
            self._wake.set()

    def run(self, publisher: Publisher) -> None:
        """Dispatch in a loop until stopped; wait for a database that is unavailable."""
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                busy = self._pass(publisher)
            except DatabaseUnavailable as error:
                log.error("dispatch.database", node=self._node.address, reason=str(error))
                self._stopping.wait(1.0)
                continue
            if not busy:
                self._wake.wait(_QUIET_SECONDS if self._flying else self._poll)
        # what was committed last goes out; where no confirm is written any more, it does so again at the next start
        if self._holds is not None:
            self._send(publisher, self._take(max(0, self._batch - len(self._flying))))

    def _pass(self, publisher: Publisher) -> bool:
        self._keep_apart()
        with self._load.working():
            return self.dispatch_once(publisher)

    def dispatch_once(self, publisher: Publisher) -> bool:
        """Make one pass: results in, due copies out. True if there was anything to do."""
        settled = self._settle() if self._worth_settling() else False
        self._waiting.look()
        room = self._batch - len(self._flying)
        if room <= self._batch // 4 or not (self._offered or self._worth_looking()):
            return settled
        self._look_at_holds()
        parcels = self._take(room)
        try:
            if len(parcels) < room and self._worth_looking():
                parcels += self._look(room - len(parcels))
        finally:  # what was taken goes out even if the database has gone away: nothing else would send it
            self._send(publisher, parcels)
        return settled or bool(parcels) or self._written  # all that was read may wait: the rest is not to wait for it

    def _send(self, publisher: Publisher, parcels: Sequence[Parcel]) -> None:
        self._went_at, self._lot = monotonic(), len(parcels)
        publications = [one for parcel in parcels if (one := self._packed(parcel)) is not None]
        if publications:
            publisher.publish(publications)
            self._node.observer.sent(parcels)

    def _packed(self, parcel: Parcel) -> Publication | None:
        """Return what goes out; None for a copy on record that cannot be put together: it must not stop the others."""
        try:
            return self._publication(parcel)
        except Exception as error:
            log.exception("dispatch.unpacked", node=self._node.address, message_id=parcel.message_id)
            reason = f"on record in a way that cannot be sent: {type(error).__name__}"
            self.on_results([PublishResult(parcel.id, PublishOutcome.IMPOSSIBLE, reason)])
            return None

    def _take(self, room: int) -> list[Parcel]:
        """Take what was offered, urgent ones first, without what the tables have given already."""
        taken = [self._offered.popleft() for _ in range(min(room, len(self._offered)))]
        parcels = [parcel for parcel in taken if parcel.id not in self._flying and not self._is_held(parcel)]
        self._written = self._written or any(map(self._is_held, taken))
        self._flying |= {parcel.id: parcel for parcel in parcels}
        return sorted(parcels, key=lambda parcel: parcel.urgency.rank)

    def _look(self, room: int) -> list[Parcel]:
        """Read what is due from the tables."""
        self._looked_at = monotonic()
        self._written = False  # before the look, like the mark: what is written meanwhile is worth another one
        self._mark = self._node.store.mark()
        with self._node.store.reading() as tx:
            found = tx[Outbox].due(self._now_real.now(), room, self._flying.keys())
            self._next_due = None if found or self._mark is None else tx[Outbox].next_due()
        self._written = self._written or len(found) == room
        parcels = self._waiting.without(self._without_held(found))
        self._flying |= {parcel.id: parcel for parcel in parcels}
        return parcels

    def _look_at_holds(self) -> None:
        """Return what is held, as known a second ago at most."""
        if self._holds is not None and monotonic() - self._holds_at < _HOLDS_EVERY:
            return
        with self._node.store.reading() as tx:
            self._holds = tx[Holds].standing()
        self._holds_at = monotonic()

    def _is_held(self, parcel: Parcel) -> bool:
        return any(hold.covers(parcel.addressee, parcel.kind) for hold in self._holds or ())

    def _without_held(self, parcels: Sequence[Parcel]) -> list[Parcel]:
        """Puts to rest what is held, and returns the rest. What has been released meanwhile is looked for at once."""
        held = [parcel.id for parcel in parcels if self._is_held(parcel)]
        if held:
            with self._node.store.transaction() as tx:
                parked = tx[Holds].park(held)
            if parked < len(held):
                self._holds, self._written = None, True
        return [parcel for parcel in parcels if parcel.id not in held]

    def _worth_looking(self) -> bool:
        """Something is not offered; or time has passed, which makes copies due again, and other processes write too.

        Of an idle member's store the mark is asked for first: a process may serve hundreds of them.
        """
        since = monotonic() - self._looked_at
        if self._written or since < self._poll:
            return self._written
        if since >= max(_SURELY, self._poll) or self._mark is None or self._node.store.mark() != self._mark:
            return True
        return self._next_due is not None and self._next_due <= self._now_real.now()

    def _keep_apart(self) -> None:
        """The more went out last, the more may gather before the next; an isolated message waits for nothing."""
        apart = self._load.patience(min(_APART_MOST, _APART_FOR_EACH * self._lot), _APART_CROWDED)
        self._stopping.wait(max(0.0, self._went_at + apart - monotonic()))

    def _worth_settling(self) -> bool:
        """Results are written many at a time: a commit for each confirm would cost more than all the rest."""
        waiting = self._results.qsize()
        usual = _QUIET_SECONDS if waiting >= len(self._flying) else _GATHER_SECONDS
        patience = max(usual, self._load.patience(0.0, _APART_CROWDED))
        return waiting >= _GATHER or (waiting > 0 and monotonic() - self._settled_at >= patience)

    def _settle(self) -> bool:
        results: list[PublishResult] = []
        while not self._results.empty() and len(results) < 1000:
            results.append(self._results.get())
        if not results:
            return False
        try:
            self._write_back(results)
        except DatabaseUnavailable:
            self.on_results(results)  # still to be written; until then their copies count as under way
            raise
        landed = [(self._flying.pop(result.id, None), result.outcome) for result in results]
        self._node.observer.settled([(parcel, outcome) for parcel, outcome in landed if parcel is not None])
        self._settled_at = monotonic()
        return True

    def _write_back(self, results: Sequence[PublishResult]) -> None:
        with self._node.store.transaction() as tx:
            now, real = self._node.clock.now(), self._now_real.now()
            for again_at, ids in self._confirmed(results, real).items():
                tx[Outbox].mark_sent(ids, now, again_at)
            for result in results:
                if result.outcome is not PublishOutcome.CONFIRMED and result.id in self._flying:
                    tx[Outbox].mark_failed(result.id, self._reason(result), now, self._again(result, real))

    def _confirmed(self, results: Sequence[PublishResult], real: datetime) -> dict[datetime, list[int]]:
        groups: dict[datetime, list[int]] = defaultdict(list)
        for result in results:
            parcel = self._flying.get(result.id)
            if result.outcome is PublishOutcome.CONFIRMED and parcel is not None:
                groups[real + self._receipt_patience * 2 ** min(parcel.attempts, 7)].append(result.id)
        return groups

    def _again(self, result: PublishResult, real: datetime) -> datetime | None:
        """Return when to try again; None abandons the copy."""
        attempts = self._flying[result.id].attempts
        if result.outcome is PublishOutcome.IMPOSSIBLE:
            return None
        if result.outcome is PublishOutcome.UNROUTABLE and attempts + 1 >= self._abandon_after:
            return None
        return real + self._retry_after * float(2 ** min(attempts, 6))

    def _reason(self, result: PublishResult) -> str:
        parcel = self._flying[result.id]
        reason = f"{result.outcome}: {result.reason or parcel.queue}"  # on record; Recorded reads it back
        of = {"node": self._node.address, "message_id": parcel.message_id, "addressee": parcel.addressee}
        log.warning("dispatch.failed", reason=reason, **of)
        return reason

    def _publication(self, parcel: Parcel) -> Publication:
        label = label_for(parcel.addressee) if parcel.queue.startswith(UPLINK) else {}
        beside = self._carrier.headers(parcel.queue), self._node.beside.headers(parcel.addressee)
        return Publication(
            id=parcel.id,
            queue=parcel.queue,
            body=envelope_for(parcel.common, parcel.recipient),
            message_id=parcel.message_id,
            correlation_id=parcel.conversation_id,
            kind=parcel.kind,
            headers={**label, **self._node.observer.headers(parcel), **beside[0], **beside[1]},
        )
