"""Chase: the origin of a notice to be acted on reminds those who have not signed for it, once at each stage."""

from __future__ import annotations

from datetime import date

from exchange.messaging.failing.apart import each_alone
from exchange.messaging.node import Node
from exchange.messaging.rules.reminder_stages import stage_on
from exchange.notices.issue import remind
from exchange.notices.records import NoticeRow
from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.notices.standing_notices import standing_notices
from exchange.notices.status import notice_status

WORK = "reminders of notices"
"""What this work is called where it fails."""


def chase(node: Node, today: date) -> int:
    """Send the reminders that are due, once a day as stages are days; returns how many."""
    rows = standing_notices(node.store, NoticeSeat.ORIGIN, NoticeState.OPEN)

    def chase_one(row: NoticeRow) -> bool:
        stage = _stage(node, row, today)
        if stage <= row.reminded or _answered(node, row.notice_id):
            return False
        remind(node, row.notice_id, stage)
        return True

    return sum(each_alone(node, WORK, ((row.notice_id, row) for row in rows), chase_one))


def _stage(node: Node, row: NoticeRow, today: date) -> int:
    """The stage that a notice's term has reached; a notice for information has no term."""
    if row.act_by is None:
        return 0
    return stage_on(node.calendar, row.received_at.date(), date.fromisoformat(row.act_by), today)


def _answered(node: Node, notice_id: str) -> bool:
    found = notice_status(node, notice_id)
    return found is not None and found.over
