"""Messages that one process of a member's own system has in hand: on lease, so that none gets another's."""

from __future__ import annotations

from datetime import timedelta

from exchange.clock import Clock, RealClock
from exchange.messaging.log.handovers import HandingSystem, HandoverWay
from exchange.messaging.records import StoredDocument
from exchange.operations.systems.member.handing_over import hand_over, lease_out
from exchange.operations.systems.member.store import Leases
from exchange.store import Store

_clock = RealClock()
"""Leases follow the machine's time whatever the domain's clock says, as those of the API do."""
_LIBRARY = HandingSystem(way=HandoverWay.LIBRARY)


class Handout:
    """What is in hand under one lease."""

    def __init__(self, store: Store, lease_id: str) -> None:
        self._store = store
        self._lease = lease_id

    def give_back(self) -> None:
        """Give back what was handed out and not acknowledged: anybody may take it again."""
        with self._store.reading() as tx:
            held = any(one.acknowledged_at is None for one in tx[Leases].of(self._lease))
        if held:
            with self._store.transaction() as tx:
                tx[Leases].release(self._lease, _clock.now())

    def take(self, limit: int, seconds: float, clock: Clock) -> list[StoredDocument]:
        """Lease up to ``limit`` messages, oldest first; nobody else gets them for ``seconds``.

        ``clock`` is the domain's: what is noted on the way is dated by it.
        """
        with self._store.reading() as tx:
            if not tx[Leases].waiting(0, 1):
                return []
        now = _clock.now()
        with self._store.transaction() as tx:
            return lease_out(tx, self._lease, limit, now, now + timedelta(seconds=seconds), clock.now())

    def acknowledge(self, sender: str, message_id: str, clock: Clock) -> bool:
        """Note that the own system has it, since now by the domain's ``clock``; False if that was said before."""
        with self._store.transaction() as tx:
            return hand_over(tx, self._lease, [(sender, message_id)], _LIBRARY, _clock.now(), clock.now()) == 1
