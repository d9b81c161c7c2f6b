"""What a former release put to departments that have not signed for it: its monitors were told of nothing there."""

from __future__ import annotations

from exchange.approval.window.deadlines import refresh
from exchange.approval.window.store import Cases
from exchange.messaging.node import Node
from exchange.paging import every

WORK = "requests that a former release let nobody watch"
"""What this work is called where it fails."""
_DONE = "unsigned-watched"


def watch_earlier(node: Node) -> int:
    """Tell the monitors of them, once in the life of a database; returns how many they are."""
    with node.store.reading() as tx:
        if tx.get_meta(_DONE) is not None:
            return 0
    with node.step() as step:
        cases = step.tx[Cases]
        put = list(every(lambda after, most: cases.running(None, after, most), lambda part: part))
        unwatched = [part for part in put if not cases.ledger(part.case_number, part.department)]
        for part in unwatched:
            refresh(step, part.case_number, part.department)
        step.tx.set_meta(_DONE, step.now.isoformat())
    return len(unwatched)
