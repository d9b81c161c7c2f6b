"""A department asks, once in a case and through its window, that the applicant hand something in; and what comes of it.

It moves no clock: the department's term runs on, and its silence means what it did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from exchange.approval.department.consulted import consultation_of
from exchange.approval.department.desk import conversation_of, row_on_desk
from exchange.approval.department.put import expect_put
from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import term_of
from exchange.approval.rules.course.supplement_states import SupplementState
from exchange.approval.rules.course.supplements import AskingFacts, NotNow, why_not_asked
from exchange.approval.rules.states import DeskState
from exchange.approval.supplements.records import SupplementRow
from exchange.approval.supplements.store import SupplementRequests
from exchange.approval.supplements.wanted import request_of
from exchange.catalogue.brought import brings
from exchange.envelope import verify_signed
from exchange.errors import CallerError, Conflict, NotFound, Returned, SenderError
from exchange.language import Text
from exchange.messaging.aside.behind import expect_later
from exchange.messaging.checks import expect, require_role, returned_for
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.records import Signed
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import (
    Application,
    Body,
    CaseAddition,
    FilingSupplement,
    Receipt,
    Role,
    SupplementAnswer,
    SupplementInvitation,
    SupplementOutcome,
    SupplementRequest,
    WantedPaper,
)
from exchange.store.transaction import Transaction


def handlers() -> dict[str, Handler]:
    """Return the message handler of a department for what became of its requests."""
    return {SupplementAnswer.KIND: take_answer}


def request_supplement(
    node: Node, case_number: str, wanted: Sequence[WantedPaper], reasons: str, basis: Sequence[str], officer: str
) -> str:
    """Ask the window that the applicant hand something in; returns the message id.

    Raises NotFound (no such case on the desk), Conflict (asked before, answered, the term does not run) or CallerError.
    """
    with node.step() as step:
        return request_supplement_in(step, case_number, wanted, reasons, basis, officer)


def request_supplement_in(
    step: Step, case_number: str, wanted: Sequence[WantedPaper], reasons: str, basis: Sequence[str], officer: str
) -> str:
    """Do what `request_supplement` does, inside a step."""
    reasons = check_reason(reasons, "a request for a supplement needs its reasons", "say why the opinion needs it")
    officer = check_reason(officer, "no officer is named", "say who asks")
    row = row_on_desk(step, case_number)
    former = step.tx[SupplementRequests].get(row.window, case_number, step.node.address)
    refused = why_none_from_here(step.node, step.tx, row, former, step.now)
    if refused is not None:
        raise Conflict(refused.why, remedy=refused.remedy)
    _check_wanted(wanted, basis)
    expect_later(step, row.received_at, row.window, row.request_id)
    step.node.expect((row.window,))
    body = SupplementRequest(
        case_number=case_number, department=step.node.address, consultation_id=row.consultation_id,
        wanted=tuple(wanted), reasons=reasons, basis=tuple(basis), officer=officer, at=step.now,
    )  # fmt: skip
    message_id = step.send(
        body, (row.window,), conversation_id=conversation_of(step, row), in_reply_to=row.consultation_id
    )
    if former is not None:
        step.tx[SupplementRequests].ask_again(former, message_id, step.now)
    else:
        asked = SupplementState.ASKED
        step.tx[SupplementRequests].add(
            SupplementRow(row.window, case_number, step.node.address, asked, message_id, step.now)
        )
    step.note("supplement-asked", case_number, message_id, officer=officer)
    return message_id


def why_none_from_here(
    node: Node, tx: Transaction, row: DeskRow, former: SupplementRow | None, now: datetime
) -> NotNow | None:
    """Return what keeps this department from asking in a case on its desk; None where nothing does."""
    if row.acts_for is not None:
        named = {"department": row.acts_for}
        return NotNow(
            "not-yours",
            Text("{department} asks for a supplement itself, and no substitute for it", named),
            Text("say in the opinion what is lacking"),
        )
    return why_not_asked(
        AskingFacts(
            asked=former is not None and former.state is not SupplementState.RETURNED,
            closed=row.state is DeskState.CLOSED,
            answered=row.state is DeskState.ANSWERED,
            waiting=not row.cleared,
            over=row.state is DeskState.DEFAULTED or _is_over(node, tx, row, now),
        )
    )


def _is_over(node: Node, tx: Transaction, row: DeskRow, now: datetime) -> bool:
    try:
        due_at = term_of(node, tx, row).due_at
    except (NotFound, SenderError):  # its documents do not tell any more: the window knows
        due_at = row.due_at
    return due_at is not None and now > due_at


def _check_wanted(wanted: Sequence[WantedPaper], basis: Sequence[str]) -> None:
    if not wanted or not all(one.what.strip() for one in wanted):
        raise CallerError("nothing is asked for", remedy="name materials of the matter, or say what is wanted")
    if any(one.material is None for one in wanted) and not any(one.strip() for one in basis):
        raise CallerError(
            "what the matter does not list is asked for on a legal basis",
            remedy="name the law, regulation or rule that lets it be asked for",
        )


def matter_asked(node: Node, case_number: str) -> str:
    """Return the code of the matter of a case on the desk; empty where there is no such case."""
    with node.store.reading() as tx:
        row = tx[DepartmentDesk].get(case_number)
    return row.matter if row is not None else ""


def on_signed(step: Step, signed: Sequence[Signed], receipts: Sequence[Receipt]) -> None:
    """Take in that the window has sent a request back: nothing was asked then, and it may be asked again."""
    for item in signed:
        row = step.tx[SupplementRequests].by_request(item.message_id) if not item.accepted else None
        if row is None or row.department != step.node.address or row.state is not SupplementState.ASKED:
            continue
        step.tx[SupplementRequests].move(row, SupplementState.RETURNED, answered_at=step.now, reasons=item.reason)
        step.note("supplement-request-returned", row.case_number, item.message_id, reason=item.reason)


def take_answer(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in what the window has done with a request. What it says it has passed on is enclosed as it signed it to a
    portal of its own, and asks for what was asked here, word for word; else the answer goes back.
    """
    answer = expect(body, SupplementAnswer)
    require_role(step, incoming, Role.WINDOW)
    expect_put(step, incoming, answer.case_number)
    row = step.tx[SupplementRequests].by_request(answer.request_id)
    own = row is not None and row.department == step.node.address == answer.department
    if row is None or not own or (row.window, row.case_number) != (incoming.sender, answer.case_number):
        raise Returned(
            "{address} has asked for no such supplement in case {case_number}",
            code="not-asked",
            remedy="answer the request that came from it",
            address=step.node.address,
            case_number=answer.case_number,
        )
    passed_on = answer.outcome is SupplementOutcome.PASSED_ON
    if passed_on:
        _check_invitation(step, incoming, answer, request_of(step.tx, row))
    if row.state is not SupplementState.ASKED:
        raise Returned("this request is answered already", code="already-answered", remedy="a request is answered once")
    step.tx[SupplementRequests].move(
        row, SupplementState.PASSED_ON if passed_on else SupplementState.DECLINED, answered_at=step.now,
        answer_id=incoming.message_id, invitation_id=answer.invitation_id, reasons=answer.reasons or None,
    )  # fmt: skip
    step.note("supplement-answered", row.case_number, incoming.message_id, outcome=answer.outcome.value)


def _check_invitation(step: Step, incoming: Incoming, answer: SupplementAnswer, asked: SupplementRequest) -> None:
    first, *others = incoming.opened.enclosures or (b"",)
    if others or hashlib.sha256(first).hexdigest() != answer.digest:
        raise Returned(
            "the enclosed paper is not the one that is named", code="altered", remedy="enclose it as it was signed"
        )
    with returned_for(SenderError, code="origin"):
        verified = verify_signed(first, step.node.directory)
    header, said = verified.header, verified.body
    own = [one.address for one in step.node.directory.with_role(Role.PORTAL) if one.superior == incoming.sender]
    to_applicant = any(one in own for one in header.addressees)
    if header.sender != incoming.sender or header.message_id != answer.invitation_id or not to_applicant:
        raise Returned(
            "what is enclosed is not written by the window to a portal of its own",
            code="origin",
            remedy="enclose the invitation as it went to the applicant",
        )
    told = (said.request_id, said.case_number, said.department) if isinstance(said, SupplementInvitation) else None
    same = isinstance(said, SupplementInvitation) and (said.wanted, said.reasons, said.basis) == (
        asked.wanted, asked.reasons, asked.basis,
    )  # fmt: skip
    if told != (answer.request_id, answer.case_number, answer.department) or not same:
        raise Returned(
            "the applicant was asked for something else",
            code="altered",
            remedy="pass on what the department has asked for, word for word, or decline it",
        )


def note_come_in(step: Step, shown: CaseAddition, incoming: Incoming, application: Application) -> None:
    """Note that a supplement brings what was asked for here, by what the window has passed on before."""
    row = step.tx[SupplementRequests].get(incoming.sender, shown.case_number, step.node.address)
    desk = step.tx[DepartmentDesk].get(shown.case_number)
    if row is None or desk is None or row.state is not SupplementState.PASSED_ON:
        return
    before = _known_before(step, desk, incoming)
    if brings(request_of(step.tx, row).wanted, before, application):
        step.tx[SupplementRequests].move(row, SupplementState.COME_IN, paper_id=shown.paper_id, came_at=step.now)
        step.note("supplement-come-in", shown.case_number, incoming.message_id)


def _known_before(step: Step, desk: DeskRow, incoming: Incoming) -> Application:
    """The application as it was shown here last: with the request, or by a supplement since."""
    asked = step.tx[Documents].get(desk.window, desk.request_id)
    conversation = asked.conversation_id if asked is not None else ""
    shown = step.tx[Documents].of_conversation(conversation, CaseAddition.KIND)
    for one in reversed(shown):
        if one.message_id == incoming.message_id or one.sender != desk.window or not one.enclosures:
            continue
        said = verify_signed(one.enclosures[0], step.node.directory).body
        if isinstance(said, FilingSupplement):
            return said.application
    return consultation_of(step.node, asked).application
