"""What fails of a member's periodic work, in short: for doctor, console, alerts and metrics alike."""

from __future__ import annotations

from exchange.messaging.failing.store import FailingWork
from exchange.runtime.gathered import Gathered
from exchange.store.transaction import Transaction

_NAMED = 5


def failing_in(tx: Transaction) -> Gathered:
    """Return how many pieces of a member's periodic work fail, since when, and which; ``detail`` is the first error."""
    first = tx[FailingWork].standing(_NAMED)
    if not first:
        return Gathered()
    named = tuple(f"{one.work}: {one.item}" for one in first)
    return Gathered(tx[FailingWork].count(), first[0].since, named, first[0].error)
