"""Holds a member's clock against others while it is served: the broker's stamps and the database server's clock.

A monitor draws no consequence from a term while its clock is in doubt. What it misses it makes up for once the clocks
agree. Where brokers do not stamp and the database is a file there is nothing to go by but the machine itself; then the
window's own record has the last word, as always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from exchange.clock import monotonic
from exchange.language import Text
from exchange.machine.logger import get_logger
from exchange.messaging.ports import Delivery
from exchange.messaging.rules.clocks import ACT, Witness, broker_clock, database_clock, doubts, last_entry, sign_of_life
from exchange.store.transaction import Transaction

log = get_logger()

_FRESH = 600.0
"""Seconds for which a stamp tells the broker's time; a machine that slept is not held against it for ever."""
_SAY_EVERY = 600.0


class ClockWatch:
    """What speaks against this member's clock. Safe from any thread: each field is set whole."""

    def __init__(self, server_time: Callable[[], datetime | None]) -> None:
        self._server_time = server_time
        self._stamp: tuple[datetime, float] | None = None
        self._said_at: float | None = None

    def heard(self, delivery: Delivery) -> None:
        """Note a delivery that has come: its stamp tells the time if it has only just arrived."""
        if delivery.stamp is not None and not delivery.backlog and not delivery.redelivered:
            self._stamp = delivery.stamp, monotonic()

    def doubt(self, node: str, now: datetime) -> str | None:
        """Return what speaks against acting by ``now``, and log it now and then. Raises DatabaseUnavailable."""
        found = self.found(now)
        if found is None:
            return None
        if self._said_at is None or monotonic() - self._said_at > _SAY_EVERY:
            self._said_at = monotonic()
            remedy = "set this machine's clock; no term ends by this monitor meanwhile"
            log.error("clock.doubtful", node=node, reason=str(found), remedy=remedy)
        return str(found)

    def found(self, now: datetime) -> Text | None:
        """Return what speaks against acting by ``now``, without writing it to the log. Raises DatabaseUnavailable."""
        return next(iter(doubts(now, self._witnesses(), ACT)), None)

    def _witnesses(self) -> Iterator[Witness]:
        if self._stamp is not None:
            at, heard_at = self._stamp
            ago = monotonic() - heard_at
            if ago <= _FRESH:
                yield broker_clock(at + timedelta(seconds=ago))
        server = self._server_time()
        if server is not None:
            yield database_clock(server)


def record_witnesses(tx: Transaction, address: str, consumed: str | None) -> Iterator[Witness]:
    """Yield what a member has itself written down as done. ``consumed``: when it was last known to consume."""
    last = tx.recent_journal(1)
    if consumed:
        yield sign_of_life(address, datetime.fromisoformat(consumed))
    if last:
        yield last_entry(address, last[-1].at)
