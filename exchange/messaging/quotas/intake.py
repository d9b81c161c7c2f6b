"""Whether a member takes in new business: looked at once a second at most, and told with when to come again."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from exchange.clock import Clock, monotonic
from exchange.errors import DatabaseUnavailable, IntakeStopped
from exchange.language import noted
from exchange.machine.logger import get_logger
from exchange.messaging.node import Node
from exchange.messaging.quotas.backlog import Backlog
from exchange.messaging.rules.intake import (
    RETRY_AFTER,
    IntakeFacts,
    IntakeLimits,
    Stopped,
    stopped_by,
    takes_deliveries,
)
from exchange.store.transaction import Store, Transaction

log = get_logger()

BROKER_HOLDS = "broker-holds"
"""Meta key: since when the broker holds what this member publishes, as it noted last; empty while it does not."""
HOLDS_FOR = timedelta(seconds=60)
"""How long such a note counts: it is renewed while it is so, and a member that was killed renews none."""
_EVERY = 1.0
WHY = {
    Stopped.OUTBOX: noted("no new business is taken in for a while: {address} has more to send than goes out"),
    Stopped.DISK: noted("no new business is taken in: the disk of {address} is nearly full"),
    Stopped.BROKER: noted("no new business is taken in: the broker holds what is sent, for want of memory or disk"),
}
"""What is said of each reason, with the member's ``address``."""
_NO_ROOM = noted("nothing is taken in: the disk of {address} has hardly any room left")
_MAKE_ROOM = noted("make room on it; what waits stays at the broker and with its senders, and is taken in by itself")


def free_octets(folder: Path) -> int | None:
    """Return how much the disk with a folder has left; None where nobody can tell."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


class Intake:
    """A member's intake, as one process sees it. Safe for any number of threads."""

    def __init__(
        self, address: str, store: Store, clock: Clock, free: Callable[[], int | None], limits: IntakeLimits
    ) -> None:
        self._address, self._store, self._clock = address, store, clock
        self._free, self._limits = free, limits
        self._lock = threading.Lock()
        self._stopped: Stopped | None = None
        self._looked_at: float | None = None
        self._takes = True
        self._room_at: float | None = None

    def check(self) -> None:
        """Raise IntakeStopped while no new business is taken in."""
        why = self.stopped()
        if why is not None:
            raise IntakeStopped(WHY[why], RETRY_AFTER[why], address=self._address)

    def stopped(self) -> Stopped | None:
        """Return why no new business is taken in, as of a second ago at most. Raises DatabaseUnavailable."""
        with self._lock:
            now = monotonic()
            if self._looked_at is None or now - self._looked_at >= _EVERY:
                before, self._stopped = self._stopped, stopped_by(self._facts(), self._limits, self._stopped)
                self._looked_at = now
                if before is not self._stopped:
                    told = log.warning if self._stopped else log.info
                    told("intake", node=self._address, stopped=self._stopped.value if self._stopped else "no")
            return self._stopped

    def check_deliveries(self) -> None:
        """Raise DatabaseUnavailable while even what is under way is not taken: whoever sent it keeps it."""
        now = monotonic()
        with self._lock:
            if self._room_at is None or now - self._room_at >= _EVERY:
                self._takes = takes_deliveries(self._free(), self._limits, before=self._takes)
                self._room_at = now
            takes = self._takes
        if not takes:
            raise DatabaseUnavailable(_NO_ROOM, remedy=_MAKE_ROOM, code="disk-low", address=self._address)

    def _facts(self) -> IntakeFacts:
        free = self._free()
        if free is not None and free < self._limits.reserve:
            return IntakeFacts(free=free)  # a disk without room is reason enough, and perhaps no place to read
        with self._store.reading() as tx:
            return facts_of(tx, self._clock, free)


class HoldNote:
    """Notes for other processes whether the broker holds what a member publishes. ``held`` says whether it does."""

    def __init__(self, held: Callable[[], bool]) -> None:
        self._held = held
        self._noted = True
        """Whether a note may stand: one is renewed while it is so, and one of an earlier process is taken away."""

    def look(self, node: Node) -> None:
        """Note it, where there is anything to note."""
        held = self._held()
        if held or self._noted:
            with node.store.transaction() as tx:
                tx.set_meta(BROKER_HOLDS, datetime.now(UTC).isoformat() if held else "")
        self._noted = held


def facts_of(tx: Transaction, clock: Clock, free: int | None) -> IntakeFacts:
    """Return what the intake goes by."""
    oldest, now = tx[Backlog].oldest(), clock.now()
    waited = clock.real_seconds(now - oldest) if oldest is not None else 0.0
    copies = tx[Backlog].count() if oldest is not None else 0
    return IntakeFacts(max(0.0, waited), copies, free, _holds(tx.get_meta(BROKER_HOLDS)))


def _holds(noted_at: str | None) -> bool:
    """Whether a note of the member's process says so; in real time, as brokers live."""
    if not noted_at:
        return False
    at = datetime.fromisoformat(noted_at)
    return abs(datetime.now(at.tzinfo) - at) <= HOLDS_FOR
