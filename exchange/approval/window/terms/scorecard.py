"""How departments keep their terms, by the window's record; read only."""

from __future__ import annotations

from datetime import datetime

from exchange.approval.rules.after.scorecard import Score, scores_of
from exchange.approval.window.store import Cases
from exchange.messaging.checks import expect_window
from exchange.messaging.node import Node
from exchange.paging import every


def scorecard(node: Node, since: datetime, until: datetime) -> list[Score]:
    """Return the numbers of what was put to departments from ``since`` on and before ``until``; withdrawn cases are
    left out.

    Raises Denied where this is no window.
    """
    expect_window(node)
    with node.store.reading() as tx:
        parts = every(
            lambda after, most: tx[Cases].put_between(since, until, after, most),
            lambda part: (part.case_number, part.department),
        )
        return scores_of(parts, node.clock.now(), node.calendar)
