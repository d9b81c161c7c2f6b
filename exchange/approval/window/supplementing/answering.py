"""The window's officer passes a department's request on to the applicant, or declines it; the department is told."""

from __future__ import annotations

import hashlib
from typing import Any

from exchange.approval.filings.store import Filings
from exchange.approval.records import CaseRow
from exchange.approval.rules.course.supplement_states import SupplementState
from exchange.approval.rules.course.supplements import NotNow, why_not_passed_on, why_not_settled
from exchange.approval.supplements.records import SupplementRow
from exchange.approval.supplements.store import SupplementRequests
from exchange.approval.supplements.wanted import request_of
from exchange.approval.window.closing import own_case
from exchange.approval.window.store import Cases
from exchange.errors import CallerError, Conflict, NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import LONGEST_WHY, SupplementAnswer, SupplementInvitation, SupplementOutcome
from exchange.store.transaction import Transaction


def pass_on(node: Node, case_number: str, department: str, officer: str) -> str:
    """Invite the applicant to hand in what a department asks for, and tell the department; returns the invitation's id.

    It stops no term, and binds the applicant to nothing. Raises Denied (this is no window), NotFound, Conflict (passed
    on or declined before, the case is over, no portal has the applicant) or CallerError.
    """
    with node.step() as step:
        return pass_on_in(step, case_number, department, officer)


def pass_on_in(step: Step, case_number: str, department: str, officer: str) -> str:
    """Do what `pass_on` does, inside a step."""
    officer = check_reason(officer, "nobody answers for it", "name the officer")
    case, row = _open_request(step, case_number, department)
    _expect(why_not_passed_on_in(step.tx, row))
    filing = step.tx[Filings].of_case(case_number)
    if filing is None:
        raise NotFound("case {case_number} has no filing", remedy="decline the request", case_number=case_number)
    step.node.expect((filing.portal,))
    asked, (name, name_en) = request_of(step.tx, row), _names(step.node, department)
    invitation = SupplementInvitation(
        filing=filing.number, case_number=case_number, department=department, name=name, name_en=name_en,
        request_id=row.request_id, wanted=asked.wanted, reasons=asked.reasons, basis=asked.basis, at=step.now,
    )  # fmt: skip
    invitation_id = step.send(invitation, (filing.portal,), conversation_id=filing.filing_id)
    signed = _signed_now(step, invitation_id)
    digest = hashlib.sha256(signed).hexdigest()
    body = _body(step, row, officer, outcome=SupplementOutcome.PASSED_ON, invitation_id=invitation_id, digest=digest)
    _answer(step, case, row, body, signed)
    return invitation_id


def decline(node: Node, case_number: str, department: str, reasons: str, officer: str) -> str:
    """Tell a department that its request is not passed on, and why; returns the message id.

    Raises Denied (this is no window), NotFound, Conflict (passed on or declined before, the case is over) or
    CallerError.
    """
    with node.step() as step:
        return decline_in(step, case_number, department, reasons, officer)


def decline_in(step: Step, case_number: str, department: str, reasons: str, officer: str) -> str:
    """Do what `decline` does, inside a step."""
    officer = check_reason(officer, "nobody answers for it", "name the officer")
    reasons = check_reason(reasons, "to decline a request needs reasons", "say why it is not passed on")
    if len(reasons) > LONGEST_WHY:
        raise CallerError("the reasons are too long", remedy="use up to {most} characters", most=LONGEST_WHY)
    case, row = _open_request(step, case_number, department)
    body = _body(step, row, officer, outcome=SupplementOutcome.DECLINED, reasons=reasons)
    return _answer(step, case, row, body)


def why_not_passed_on_in(tx: Transaction, row: SupplementRow) -> NotNow | None:
    """Return what keeps a request that is open from being passed on; None where nothing does."""
    part = tx[Cases].part(row.case_number, row.department)
    if part is None:
        return None
    return why_not_passed_on(part.state, by_portal=tx[Filings].of_case(row.case_number) is not None)


def _open_request(step: Step, case_number: str, department: str) -> tuple[CaseRow, SupplementRow]:
    case = own_case(step, case_number)
    row = step.tx[SupplementRequests].get(step.node.address, case_number, department)
    if row is None:
        raise NotFound(
            "{department} has asked for no supplement in case {case_number}",
            remedy="look at the case: it lists what was asked for",
            department=department,
            case_number=case_number,
        )
    _expect(why_not_settled(case.state, row.state))
    return case, row


def _expect(refused: NotNow | None) -> None:
    if refused is not None:
        raise Conflict(refused.why, remedy=refused.remedy)


def _body(step: Step, row: SupplementRow, officer: str, **said: Any) -> SupplementAnswer:
    return SupplementAnswer(
        case_number=row.case_number, department=row.department, request_id=row.request_id, officer=officer,
        at=step.now, **said,
    )  # fmt: skip


def _names(node: Node, department: str) -> tuple[str, str]:
    """What the directory calls it; the address of one that it does not list any more."""
    try:
        member = node.directory.member(department)
    except NotFound:
        return department, department
    return member.name, member.name_en


def _signed_now(step: Step, message_id: str) -> bytes:
    """Sign what the step has planned so far: the department is shown the invitation as it goes out, not a copy."""
    step.flush()
    stored = step.tx[Documents].get(step.node.address, message_id)
    if stored is None:
        raise NotFound("the invitation could not be written", remedy="decline the request, or try again")
    return stored.signed


def _answer(step: Step, case: CaseRow, row: SupplementRow, body: SupplementAnswer, *enclosed: bytes) -> str:
    message_id = step.send(
        body, (row.department,), conversation_id=case.conversation_id, in_reply_to=row.request_id, enclosures=enclosed
    )
    after = SupplementState(body.outcome.value)
    if not step.tx[SupplementRequests].move(
        row, after, answered_at=step.now, answer_id=message_id, invitation_id=body.invitation_id,
        reasons=body.reasons or None,
    ):  # fmt: skip
        raise Conflict("somebody has answered this request meanwhile", remedy="look at the case again")
    step.note(f"supplement-{after.value}", case.number, message_id, department=row.department, officer=body.officer)
    return message_id
