"""Sealing: what a journal has gained is hashed, and a head over all of it is signed, in one transaction.

Nothing of it lies on the way of a message. A process that ends between two sealings leaves entries for the next one; a
transaction that does not commit leaves nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable

from exchange.clock import monotonic
from exchange.errors import ExchangeError
from exchange.machine.logger import get_logger
from exchange.messaging.log.appending import seal_in
from exchange.messaging.log.restoring import tell_restored
from exchange.messaging.log.store import MemberLog
from exchange.messaging.node import Node

log = get_logger()

EVERY = 60.0
"""Seconds between two heads, at most, while the journal grows."""
_FULL = 1_000
"""Entries with which a head is signed, whatever its age."""
_AT_ONCE = 2_000
"""Entries sealed in one transaction: others wait for their turn meanwhile, some hundredths of a second."""
_LOOK_APART = 1.0
"""Seconds between two looks whether there is anything to seal."""
_MOST_AT_THE_END = 10
"""Transactions at the end of a process; what is left then is sealed by the next one."""


class Sealing:
    """When a member seals; for one round's thread."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._next_look = self._next_head = 0.0

    def look(self, node: Node) -> int:
        """Seal what is due; returns how many entries were sealed. Raises DatabaseUnavailable, or what signing raises.

        A long journal from before is sealed part by part, one a look.
        """
        now = self._now()
        if now < self._next_look:
            return 0
        self._next_look = now + _LOOK_APART
        with node.store.reading() as tx:
            waiting = tx[MemberLog].waiting()
        if not waiting or (waiting < _FULL and now < self._next_head):
            return 0
        sealed = seal(node)
        self._next_head = now + EVERY
        if sealed == _AT_ONCE:
            self._next_look = now
        return sealed


def seal(node: Node, most: int = _AT_ONCE) -> int:
    """Seal up to so many entries under a new head; returns how many there were. None while others hold the journal."""
    tell_restored(node)
    with node.store.transaction() as tx:
        return seal_in(node, tx, most)


def seal_rest(node: Node) -> None:
    """Seal what is left before a member ends. What cannot be sealed now is when it is served again."""
    try:
        for _ in range(_MOST_AT_THE_END):
            with node.store.reading() as tx:
                if not tx[MemberLog].waiting():
                    return
            if seal(node) < _AT_ONCE:
                return
    except ExchangeError as error:
        log.warning("log.left", node=node.address, code=error.code, reason=str(error))
