"""How long receipts may be owed: not at all by a member that has time, and for part of a second under load.

A receipt is a message of its own, with a signature, a seal, and a step at each end. Senders wait for receipts with
patience, so under load one batch covers what has come from a sender since the last. What is owed stands in the
database; here stands only since when, and nothing depends on that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection

from exchange.clock import monotonic

FULL = 500
"""Receipts with which a batch is signed, whatever its age: half of what a message may hold."""


class ReceiptDebts:
    """Since when a member owes receipts to whom. Safe from any thread."""

    def __init__(self, patience: Callable[[], float] = lambda: 0.0, now: Callable[[], float] = monotonic) -> None:
        """``patience`` returns how many seconds receipts may be owed at this moment."""
        self._patience = patience
        self._now = now
        self._since: dict[str, float] = {}
        self._signed: dict[str, float] = {}
        self._lock = threading.Lock()

    def may_wait(self, sender: str, *, begun: bool) -> bool:
        """Return whether further receipts for a sender may wait; ``begun``: some do already."""
        with self._lock:
            since = self._since.get(sender) if begun else self._signed.get(sender)
            return since is not None and self._now() - since < self._patience()

    def owes(self, sender: str) -> None:
        """Note that receipts are owed to a sender; since now, if it was not known."""
        with self._lock:
            self._since.setdefault(sender, self._now())

    def signed(self, sender: str) -> None:
        """Note that a sender's batch is signed. Where that comes to nothing, a look at the database tells."""
        with self._lock:
            self._since.pop(sender, None)
            self._signed[sender] = self._now()

    def stand(self, senders: Collection[str]) -> None:
        """Note which senders receipts are owed to, and no others; to be called while nobody else can write."""
        with self._lock:
            for gone in self._since.keys() - set(senders):
                del self._since[gone]

    @property
    def wait(self) -> float | None:
        """Return in how many seconds the next batch is to be signed, at most; None where nothing is owed."""
        with self._lock:
            if not self._since:
                return None
            return max(0.0, min(self._since.values()) + self._patience() - self._now())
