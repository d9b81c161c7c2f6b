"""Supplementary reviews at the window: announced after a default, watched until their result comes, told if it does
not. What silence came to stays as it is; the lead records what follows from the result.
"""

from __future__ import annotations

from functools import partial

from exchange.approval.records import PartRow
from exchange.approval.rules.after.supplement import (
    TO_REMIND,
    TO_TELL,
    check_supplement,
    longest,
    next_step,
    why_not_until,
)
from exchange.approval.superiors import superiors_of
from exchange.approval.window.checks import part_of
from exchange.approval.window.deadlines import approver_of, matter_of
from exchange.approval.window.store import Cases
from exchange.envelope.document import parse_body, payload_of
from exchange.errors import Returned
from exchange.messaging.checks import expect
from exchange.messaging.documents import Documents
from exchange.messaging.failing.apart import each_together
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.schemas import Body, ReviewStanding, SupplementaryReview, Term
from exchange.store.transaction import Transaction
from exchange.workdays import end_of_day

WORK = "supplementary reviews"
"""What this work is called where it fails."""
_AT_ONCE = 100


def handlers() -> dict[str, Handler]:
    """Return the message handler of a window for announced reviews."""
    return {SupplementaryReview.KIND: take_announced}


def take_announced(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in until when a department reviews after its default: the lead waits for the result, and nothing else."""
    review = expect(body, SupplementaryReview)
    case, part = part_of(step, review.case_number, review.department)
    if incoming.sender != review.department or review.standing is not ReviewStanding.ANNOUNCED:
        raise Returned(
            "{sender} cannot speak for {department}",
            code="not-yours",
            remedy="each department announces its own review, under its own identity",
            sender=incoming.sender,
            department=review.department,
        )
    check_supplement(case.state, part)
    approver = approver_of(matter_of(step.tx, case), part.department)
    term = Term(fixed=part.fixed_due) if part.fixed_due else Term(days=approver.term_days)
    signed_on = incoming.opened.header.created_at.date()
    why = why_not_until(review.until, signed_on, longest(term), step.node.calendar)
    if why is not None:
        raise Returned(why, code="not-permitted", remedy="name an earlier day, from today on")
    step.tx[Cases].move_part(
        case.number, part.department, {part.state}, part.state, supplement_id=incoming.message_id,
        supplement_until=end_of_day(review.until), supplement_told=TO_TELL if review.until == signed_on else TO_REMIND,
    )  # fmt: skip
    step.note(
        "supplementary-review", case.number, incoming.message_id,
        department=part.department, until=review.until.isoformat(),
    )  # fmt: skip


def look(node: Node) -> int:
    """Remind of reviews that are due, and tell of those that did not come; returns how many."""
    return len(each_together(node, WORK, partial(_due, node), _tell, _AT_ONCE))


def _due(node: Node, tx: Transaction, limit: int) -> list[tuple[str, PartRow]]:
    found = tx[Cases].supplements_due(node.clock.now(), limit)
    return [(f"{part.case_number} {part.department}", part) for part in found]


def _tell(step: Step, part: PartRow) -> bool:
    case, until = step.tx[Cases].get(part.case_number), part.supplement_until
    if case is None or until is None or part.supplement_told is None:
        return False
    wanted = next_step(until, part.supplement_told, step.now)
    if wanted is None:
        return False
    overdue = wanted == TO_TELL
    standing = ReviewStanding.OVERDUE if overdue else ReviewStanding.DUE
    moved = {"supplement_told": None, "review_at": part.review_at or step.now} if overdue else {"supplement_told": 1}
    step.tx[Cases].move_part(part.case_number, part.department, {part.state}, part.state, **moved)
    stored = step.tx[Documents].get(part.department, part.supplement_id or "")
    if stored is not None:
        announced = parse_body(SupplementaryReview, payload_of(stored.signed))
        above = superiors_of(part.department, step.node.directory, but=step.node.address) if overdue else ()
        told = announced.model_copy(update={"standing": standing, "at": step.now})
        step.send(told, (part.department, *above), conversation_id=case.conversation_id)
    step.note(f"supplementary-review-{standing.value}", part.case_number, None, department=part.department)
    return True
