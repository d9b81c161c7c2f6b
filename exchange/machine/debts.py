"""How long others may be owed something: not at all by a member that has time, for part of a second under load.

A receipt is a message of its own, with a signature, a seal, and a step at each end. Senders wait for receipts with
patience, so under load one batch covers what has come from a sender since the last; and monitors, who reckon in days,
are told at once of all deadlines that have changed since. What is owed stands in the database; here stands only since
when, and nothing depends on that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection

from exchange.clock import monotonic


class Debts:
    """Since when a member owes something to whom. Safe from any thread."""

    def __init__(self, patience: Callable[[], float] = lambda: 0.0, now: Callable[[], float] = monotonic) -> None:
        """``patience`` returns how many seconds it may be owed at this moment."""
        self._patience = patience
        self._now = now
        self._since: dict[str, float] = {}
        self._settled: dict[str, float] = {}
        self._lock = threading.Lock()

    def may_wait(self, whom: str, *, begun: bool) -> bool:
        """Return whether more for somebody may wait; ``begun``: some does already."""
        with self._lock:
            since = self._since.get(whom) if begun else self._settled.get(whom)
            return since is not None and self._now() - since < self._patience()

    def owes(self, whom: str) -> None:
        """Note that something is owed; since now, if it was not known."""
        with self._lock:
            self._since.setdefault(whom, self._now())

    def is_owed(self, whom: str) -> bool:
        """Return whether something is known to be owed."""
        with self._lock:
            return whom in self._since

    def settled(self, whom: str) -> None:
        """Note that somebody is given all that is owed. Where that comes to nothing, a look at the database tells."""
        with self._lock:
            self._since.pop(whom, None)
            self._settled[whom] = self._now()

    def stand(self, creditors: Collection[str]) -> None:
        """Note to whom something is owed, and no others; to be called while nobody else can write."""
        with self._lock:
            for gone in self._since.keys() - set(creditors):
                del self._since[gone]

    @property
    def wait(self) -> float | None:
        """Return in how many seconds the oldest debt is due, at most; None where nothing is owed."""
        with self._lock:
            if not self._since:
                return None
            return max(0.0, min(self._since.values()) + self._patience() - self._now())
