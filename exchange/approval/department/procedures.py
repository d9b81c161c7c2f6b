"""A department's own special procedures: which one stops its clock, and ending it before its announced length."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.approval.department.desk import row_on_desk
from exchange.approval.department.records import DeskRow
from exchange.approval.department.terms import told_of
from exchange.approval.rules.states import DeskState
from exchange.approval.rules.stops import own_procedure
from exchange.errors import Conflict
from exchange.messaging.aside.behind import expect_later
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import LedgerEntry, ProcedureEnded


def end_procedure(node: Node, case_number: str, reason: str, officer: str) -> str:
    """Tell the window that a procedure is over before its announced length; return the message id.

    Raises NotFound (no such case on the desk), Conflict (no procedure of its own stops the clock) or CallerError.
    """
    with node.step() as step:
        return end_procedure_in(step, case_number, reason, officer)


def end_procedure_in(step: Step, case_number: str, reason: str, officer: str) -> str:
    """Do what `end_procedure` does, inside a step."""
    row = row_on_desk(step, case_number)
    if row.acts_for is not None:
        raise Conflict(
            "{address} acts for {department} in case {case_number}, and ends no procedure of it",
            remedy="{department} ends it itself, or an officer of the window does",
            address=step.node.address,
            department=row.acts_for,
            case_number=case_number,
        )
    check_reason(reason, "the end of a procedure needs a reason", "say why the clock runs on")
    announcement = own_procedure(_entries(step, row), step.node.calendar, step.node.address, step.now)
    if announcement is None or announcement.notice is None:
        raise Conflict(
            "no special procedure of {address} stops the clock in case {case_number}",
            remedy="nothing is to be done: the term runs, or is over; `exchange show {case_number}` tells until when",
            address=step.node.address,
            case_number=case_number,
        )
    expect_later(step, row.received_at, row.window, row.request_id)
    ended = ProcedureEnded(
        case_number=case_number,
        consultation_id=row.consultation_id,
        department=step.node.address,
        announcement=announcement.notice,
        reason=reason,
        officer=officer,
        ended_on=step.now.date(),
    )
    step.node.expect((row.window,))
    asked = step.tx[Documents].get(row.window, row.request_id)
    conversation = asked.conversation_id if asked else None
    message_id = step.send(ended, (row.window,), conversation_id=conversation, in_reply_to=announcement.notice)
    step.note("procedure-ended", case_number, message_id)
    return message_id


def _entries(step: Step, row: DeskRow) -> Sequence[LedgerEntry]:
    """What is on record of its term; nothing once no opinion of it is waited for any more."""
    return told_of(step.node, step.tx, row).entries if row.state is DeskState.WAITING else ()
