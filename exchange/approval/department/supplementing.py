"""A department announces a supplementary review, after its silence had effect."""

from __future__ import annotations

from datetime import date

from exchange.approval.department.consulted import consultation_of
from exchange.approval.department.desk import conversation_of, row_on_desk
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.rules.after.supplement import longest, why_not_until
from exchange.approval.rules.states import DeskState
from exchange.errors import CallerError, Conflict
from exchange.language.names import DESK_STATES, coded
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import ReviewStanding, SupplementaryReview
from exchange.workdays import end_of_day


def announce_review(node: Node, case_number: str, until: date, officer: str, reasons: str) -> str:
    """Tell the window that this department reviews a case after its default, until a day; return the message id.

    Raises NotFound, Conflict (no default took effect; announced before) or CallerError.
    """
    with node.step() as step:
        return announce_in(step, case_number, until, officer, reasons)


def announce_in(step: Step, case_number: str, until: date, officer: str, reasons: str) -> str:
    """Do what `announce_review` does, inside a step."""
    reasons = check_reason(reasons, "a supplementary review needs its reasons", "say what is looked into")
    officer = check_reason(officer, "no officer is named", "say who announces it")
    row = row_on_desk(step, case_number)
    if row.state is not DeskState.DEFAULTED or row.acts_for is not None:
        raise Conflict(
            "case {case_number} is {state}: no silence of {address} has had effect",
            remedy="a review that is asked for is answered by an opinion: exchange reply",
            case_number=case_number,
            state=coded(DESK_STATES, row.state.value),
            address=step.node.address,
        )
    if row.supplement_until is not None:
        raise Conflict(
            "a supplementary review of case {case_number} is announced already",
            remedy="hand in its result: exchange reply {case_number}",
            case_number=case_number,
        )
    consultation = consultation_of(step.node, step.tx[Documents].get(row.window, row.request_id))
    own = next(part for part in consultation.departments if part.department == step.node.address)
    why = why_not_until(until, step.now.date(), longest(own.term), step.node.calendar)
    if why is not None:
        raise CallerError(why, remedy="name an earlier day, from today on")
    step.node.expect((row.window,))
    body = SupplementaryReview(
        case_number=case_number, department=step.node.address, standing=ReviewStanding.ANNOUNCED, until=until,
        reasons=reasons, officer=officer, at=step.now,
    )  # fmt: skip
    message_id = step.send(body, (row.window,), conversation_id=conversation_of(step, row))
    kept = {"supplement_until": end_of_day(until)}
    step.tx[DepartmentDesk].move(case_number, {DeskState.DEFAULTED}, DeskState.DEFAULTED, **kept)
    step.note("supplementary-review", case_number, message_id, until=until.isoformat(), officer=officer)
    return message_id
