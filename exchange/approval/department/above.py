"""What others than the department hear of its term: the authority above it of last reminders, of what silence has come
to and of papers that have not come, and whoever is said to have ordered an amendment what came of that. And what is
told of the term of a whole case.
"""

from __future__ import annotations

from exchange.approval.department.put import expect_come
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.superiors import is_above
from exchange.errors import Returned
from exchange.messaging.checks import expect, require_role
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Step
from exchange.schemas import (
    Body,
    CaseTermEvent,
    CaseTermNotice,
    DefaultMode,
    DefaultNotice,
    Reminder,
    Role,
    SupplementaryReview,
    TermNotice,
)


def handlers() -> dict[str, Handler]:
    """Return the message handlers of an authority that is itself asked for nothing."""
    return {
        Reminder.KIND: take_reminder,
        DefaultNotice.KIND: take_default,
        TermNotice.KIND: take_ordered,
        SupplementaryReview.KIND: take_review,
        CaseTermNotice.KIND: take_case_term,
    }


def take_reminder(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in that a department below was reminded. Raises Returned where this is not the authority above it."""
    reminder = expect(body, Reminder)
    require_role(step, incoming, Role.MONITOR)
    _expect_above(step, reminder.department)
    note_reminder(step, incoming, reminder)


def take_default(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in what came of the silence of a department below. Raises Returned where this is not the authority above
    it.
    """
    notice = expect(body, DefaultNotice)
    require_role(step, incoming, Role.WINDOW)
    _expect_above(step, notice.department)
    note_default(step, incoming, notice)


def _expect_above(step: Step, department: str) -> None:
    if not is_above(step.node.address, department, step.node.directory):
        raise Returned(
            "{address} is not the authority above {department}",
            code="not-consulted",
            remedy="tell the department itself, its lead, and the authority that the directory names above it",
            address=step.node.address,
            department=department,
        )


def note_reminder(step: Step, incoming: Incoming, reminder: Reminder) -> None:
    """Record the reminder with its case, where `exchange show` finds it."""
    case, department = reminder.case_number, reminder.department
    step.note("reminded-below", case, incoming.message_id, department=department, stage=reminder.stage)


def take_ordered(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in what came of an amendment that a window says was ordered here. Raises Returned for another's order."""
    notice = expect(body, TermNotice)
    require_role(step, incoming, Role.WINDOW)
    if notice.entry.actor != step.node.address:
        raise Returned(
            "{address} is not consulted in case {case}, and has not ordered this",
            code="not-consulted",
            remedy="tell the department, and whoever has ordered it",
            address=step.node.address,
            case=notice.case_number,
        )
    note_ordered(step, incoming, notice)


def note_ordered(step: Step, incoming: Incoming, notice: TermNotice) -> None:
    """Record it with its case, where `exchange show` finds it; what was refused waits in the inbox besides."""
    event = "order-told" if notice.refused is None else "order-refused"
    facts = {"department": notice.department, "kind": notice.entry.kind.value}
    step.note(event, notice.case_number, incoming.message_id, **facts)


def note_default(step: Step, incoming: Incoming, notice: DefaultNotice) -> None:
    """Record with its case what a silence below has come to, or that the paper owed after it has not come."""
    event = "paper-overdue-below" if notice.reminder else "default-below"
    if notice.mode is DefaultMode.NONE:
        event = "escalated-below"
    step.note(event, notice.case_number, incoming.message_id, department=notice.department)


def take_review(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in that a supplementary review is due, or has not come; it is shown with the case."""
    review = expect(body, SupplementaryReview)
    require_role(step, incoming, Role.WINDOW)
    event = f"supplementary-review-{review.standing.value}"
    step.note(event, review.case_number, incoming.message_id, department=review.department)


def take_case_term(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in how the term of a whole case stands; it is shown with the case, and moves no department's own.

    Raises Returned where this is neither consulted in it, nor the authority above its lead, nor who is said to have
    ordered it.
    """
    notice = expect(body, CaseTermNotice)
    require_role(step, incoming, Role.WINDOW)
    here, amended = step.node.address, notice.event is CaseTermEvent.AMENDED
    ordered = notice.entry is not None and notice.entry.actor == here
    over = notice.entry is None and is_above(here, incoming.sender, step.node.directory)
    row = step.tx[DepartmentDesk].get(notice.case_number)
    consulted = amended and row is not None and row.window == incoming.sender
    if not (ordered or over or consulted):
        if amended:
            expect_come(step, incoming, notice.case_number)
        raise Returned(
            "{address} is neither consulted in case {case} nor the authority above its lead, and has not ordered this",
            code="not-consulted",
            remedy="tell the departments consulted, the authority above the lead, and whoever has ordered it",
            address=here,
            case=notice.case_number,
        )
    kind = notice.entry.kind.value if notice.entry is not None else None
    step.note(f"case-term-{notice.event.value}", notice.case_number, incoming.message_id, kind=kind)
