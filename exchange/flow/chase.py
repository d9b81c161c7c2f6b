"""Chase: the origin of a notice that is to be acted on reminds, at each rung once, those who have not signed for it."""

from __future__ import annotations

from datetime import date

from exchange.flow.issue import remind
from exchange.flow.node import Node
from exchange.flow.notice_status import notice_status
from exchange.rules.rungs import rung_on


class Chaser:
    """Looks once a day, since rungs are days; and when a process begins, for days on which there was none."""

    def __init__(self) -> None:
        self._day: date | None = None

    def look(self, node: Node) -> int:
        """Sends the reminders that are due; how many."""
        today = node.clock.now().date()
        if today == self._day:
            return 0
        with node.store.reading() as tx:
            rows = tx.notices.recent(seat="origin", state="open", limit=1000)
        due = [(row.notice_id, rung) for row in rows if row.act_by is not None
               and (rung := rung_on(node.calendar, row.received_at.date(), date.fromisoformat(row.act_by), today))
               > row.reminded and not _answered(node, row.notice_id)]  # fmt: skip
        for notice_id, rung in due:
            remind(node, notice_id, rung)
        self._day = today
        return len(due)


def _answered(node: Node, notice_id: str) -> bool:
    found = notice_status(node, notice_id)
    return found is not None and found.over
