"""Rounds that tell the monitors of deadlines that changed under load, many in one message."""

from __future__ import annotations

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
    """Tell the monitors of all deadlines that changed and were left; returns how many.

    A deadline that cannot be told keeps no other from it. Raises DatabaseUnavailable.
    """
    node.untold.settled(MONITORS)  # before it looks: what is left from here on is owed anew
    done = 0
    while found := len(each_together(node, WORK, _untold, _tell, _AT_ONCE)):
        done += found
    return done


def _untold(tx: Transaction, limit: int) -> list[tuple[str, tuple[str, str]]]:
    return [(f"{number} {department}", (number, department)) for number, department in tx[UntoldDeadlines].first(limit)]


def _tell(step: Step, part: tuple[str, str]) -> None:
    step.tx[UntoldDeadlines].told(*part)
    step.deadline_changed(*part, tell_monitors)
