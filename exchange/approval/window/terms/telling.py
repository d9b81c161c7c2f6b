"""Rounds that tell the monitors of deadlines that changed under load, many in one message."""

from __future__ import annotations

from functools import partial

from exchange.approval.untold.store import UntoldDeadlines
from exchange.approval.window.deadlines import MONITORS, tell_monitors
from exchange.messaging.failing.apart import each_together
from exchange.messaging.node import Node, Step
from exchange.store.transaction import Transaction

WORK = "deadlines that monitors are to be told of"
"""What this work is called where it fails."""
_AT_ONCE = 500
"""Changes told in one transaction."""


def look_at_untold(node: Node) -> None:
    """Learn of what a process before this one has left, or a step that came to nothing has hidden.

    Raises DatabaseUnavailable.
    """
    with node.store.reading() as tx:
        if tx[UntoldDeadlines].any:
            node.untold.owes(MONITORS)


def tell_untold(node: Node) -> int:
    """Tell the monitors of all deadlines that changed and were left; returns how many were looked at, each once.

    A deadline that cannot be told keeps no other from it, and one that this clock is behind of is left again. Raises
    DatabaseUnavailable.
    """
    node.untold.settled(MONITORS)  # before it looks: what is left from here on is owed anew
    done: set[str] = set()
    while found := each_together(node, WORK, partial(_untold, done), _tell, _AT_ONCE):
        done.update(found)
    return len(done)


def _untold(done: set[str], tx: Transaction, limit: int) -> list[tuple[str, tuple[str, str]]]:
    parts = tx[UntoldDeadlines].first(limit + len(done))
    return [(_key(part), part) for part in parts if _key(part) not in done][:limit]


def _tell(step: Step, part: tuple[str, str]) -> str:
    step.tx[UntoldDeadlines].told(*part)
    step.deadline_changed(*part, tell_monitors)
    return _key(part)


def _key(part: tuple[str, str]) -> str:
    return " ".join(part)
