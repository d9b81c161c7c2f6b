"""The window reminds departments of the paper that they owe after a deemed consent, once, and their superiors with it.

Nothing follows from the reminder: the consent stands, and the next step waits for no paper.
"""

from __future__ import annotations

from functools import partial

from exchange.approval.records import PartRow
from exchange.approval.rules.after.paper import may_remind
from exchange.approval.rules.states import PartState
from exchange.approval.superiors import told_of
from exchange.approval.window.deadlines import approver_of, matter_of
from exchange.approval.window.store import Cases
from exchange.messaging.failing.apart import each_together
from exchange.messaging.node import Node, Step
from exchange.schemas import DefaultMode, DefaultNotice
from exchange.store.transaction import Transaction

WORK = "reminders of owed papers"
"""What this work is called where it fails."""
_AT_ONCE = 200


def remind_of_papers(node: Node) -> int:
    """Send the reminders that are due; returns how many."""
    if not may_remind(node.clock.now(), node.calendar):
        return 0
    done = 0
    while found := len(each_together(node, WORK, partial(_overdue, node), _remind, _AT_ONCE)):
        done += found
        if found < _AT_ONCE:
            break
    return done


def _overdue(node: Node, tx: Transaction, limit: int) -> list[tuple[str, PartRow]]:
    found = tx[Cases].papers_overdue(node.clock.now(), limit)
    return [(f"{part.case_number} {part.department}", part) for part in found]


def _remind(step: Step, part: PartRow) -> bool:
    case = step.tx[Cases].get(part.case_number)
    if case is None or part.paper_by is None or part.deemed_id is None:
        return False
    moved = step.tx[Cases].move_part(
        part.case_number, part.department, {PartState.DEEMED}, PartState.DEEMED, paper_reminded_at=step.now
    )
    told = step.node.reachable(told_of(part.department, step.node))
    if not moved or not told:
        return False
    notice = DefaultNotice(
        case_number=part.case_number,
        department=part.department,
        mode=DefaultMode.CONSENT,
        due_at=part.due_at or step.now,
        effective_at=part.deemed_at or step.now,
        deemed_consent=part.deemed_id,
        basis=approver_of(matter_of(step.tx, case), part.department).default_basis,
        paper_owed_by=part.paper_by,
        reminder=True,
    )
    message_id = step.send(notice, told, conversation_id=case.conversation_id, in_reply_to=part.deemed_id)
    step.note("paper-reminded", part.case_number, message_id, department=part.department)
    return True
