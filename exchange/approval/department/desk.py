"""Respond: a department's desk. Consultations come in, a rule or an officer answers, each once."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.approval.department.consulted import LATELY, as_asked
from exchange.approval.department.put import expect_put
from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.substituting import expect_not_asked_itself, in_its_name, take_given
from exchange.approval.department.terms import cleared_due, due_from_now
from exchange.approval.rules.states import DeskState
from exchange.catalogue.completeness import enclosure_faults
from exchange.envelope import payload_of
from exchange.envelope.strict import values_of
from exchange.errors import BadOpinion, Conflict, NotFound, Returned, SenderError
from exchange.language import joined
from exchange.language.names import DESK_STATES, coded
from exchange.licences.asking import check_held
from exchange.messaging.aside.behind import expect_later
from exchange.messaging.checks import expect, require_role
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.records import Signed
from exchange.schemas import (
    Body,
    CaseClosed,
    CaseReopened,
    Clearance,
    Consultation,
    Opinion,
    ProcedureEnded,
    Receipt,
    Role,
    Verdict,
)

ANSWERABLE = frozenset({DeskState.WAITING, DeskState.DEFAULTED})
"""Desk states in which a department may still answer; after a default its answer is kept as a late one."""

_UNANSWERABLE = {
    DeskState.ANSWERED: "an opinion is given once",
    DeskState.CLOSED: "nothing is to be done: the case was withdrawn, or decided without this opinion",
}


def handlers() -> dict[str, Handler]:
    """Return the message handlers of a department."""
    return {
        Consultation.KIND: take_consultation,
        Clearance.KIND: take_clearance,
        CaseClosed.KIND: take_closed,
        CaseReopened.KIND: take_reopened,
    }


def take_consultation(step: Step, incoming: Incoming, body: Body) -> None:
    """Put a request for an opinion on the desk."""
    body = expect(body, Consultation)
    require_role(step, incoming, Role.WINDOW)
    here, copied = step.node.address, body.copy_of is not None
    mine = [part for part in body.departments if copied or part.department == here]
    if not mine or (copied and len(mine) > 1):
        raise Returned(
            "{address} is not among the consulted departments",
            code="not-consulted",
            remedy="put the case to it by a consultation that names it",
            address=step.node.address,
        )
    faults = list(enclosure_faults(body.application, incoming.opened.enclosures))
    if faults:
        raise Returned(joined(faults), code="attachments", remedy="enclose what the application names, in its order")
    row = DeskRow(
        window=incoming.sender,
        case_number=body.case_number,
        consultation_id=body.copy_of or incoming.message_id,
        state=DeskState.WAITING,
        matter=body.matter,
        title=body.application.project,
        received_at=step.now,
        due_at=mine[0].term.fixed if copied or mine[0].after else due_from_now(step, mine[0].term, body.issued_at),
        cleared=not mine[0].after,
        acts_for=mine[0].department if copied else None,
        copy_id=incoming.message_id if copied else None,
    )
    if copied:
        expect_not_asked_itself(step, row)
    step.tx[DepartmentDesk].put([row])
    LATELY.remember(step.node, incoming.opened, body)


def take_clearance(step: Step, incoming: Incoming, body: Body) -> None:
    """Mark a consultation as cleared once what this department waited for has arrived."""
    if isinstance(body, Clearance):
        expect_put(step, incoming, body.case_number, body.consultation_id)
        row = step.tx[DepartmentDesk].get(body.case_number)
        due = {"due_at": cleared_due(step, row, incoming.opened.header.created_at)} if row is not None else {}
        step.tx[DepartmentDesk].move(body.case_number, {DeskState.WAITING}, DeskState.WAITING, cleared=True, **due)


def take_closed(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in that no opinion is wanted any more."""
    if isinstance(body, CaseClosed):
        expect_put(step, incoming, body.case_number)
        if body.given_by is not None:
            take_given(step, body, body.given_by)
            return
        step.tx[DepartmentDesk].move(body.case_number, ANSWERABLE, DeskState.CLOSED)


def take_reopened(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in that a case is open again. Whoever is asked anew gets a consultation besides; else its opinion stands."""
    if isinstance(body, CaseReopened):
        require_role(step, incoming, Role.WINDOW)
        expect_put(step, incoming, body.case_number)
        step.note("case-reopened", body.case_number, incoming.message_id, ordered_by=body.ordered_by.value)


def on_signed(step: Step, signed: Sequence[Signed], receipts: Sequence[Receipt]) -> None:
    """Take in the window's receipts for this department's opinions.

    A returned opinion can be corrected, or is closed if it is too late.
    """
    for item, receipt in zip(signed, receipts, strict=True):
        if item.accepted:
            continue
        row = step.tx[DepartmentDesk].by_opinion(item.message_id)
        if row is None:
            _note_returned(step, item)
            continue
        final = receipt.reason_code in ("already-answered", "case-closed")
        step.tx[DepartmentDesk].move(
            row.case_number, {DeskState.ANSWERED}, DeskState.CLOSED if final else DeskState.WAITING
        )
        step.note("opinion-returned", row.case_number, item.message_id, reason=item.reason)


def _note_returned(step: Step, item: Signed) -> None:
    """A procedure that was not taken, or its end: the term goes on as it was, and the journal says why."""
    stored = step.tx[Documents].get(step.node.address, item.message_id)
    if stored is None or stored.kind not in (Opinion.KIND, ProcedureEnded.KIND):
        return
    step.note("opinion-returned", _case_in(stored.signed), item.message_id, reason=item.reason)


def _case_in(signed: bytes) -> str | None:
    """The case that a message of our own names, though its receiver could not read it; None where it names none."""
    try:
        numbers = values_of(payload_of(signed), "case_number")
    except SenderError:
        return None
    return numbers[0] if numbers else None


def reply(node: Node, opinion: Opinion) -> str:
    """Send the department's opinion on a case of its desk; returns the message id.

    Raises NotFound (no such case on the desk), Conflict (answered or closed already), ClockBehind or BadOpinion.
    """
    with node.step() as step:
        return reply_in(step, opinion)


def reply_in(step: Step, opinion: Opinion) -> str:
    """Do what `reply` does, inside a step."""
    row = row_on_desk(step, opinion.case_number)
    if row.acts_for is not None:
        opinion = in_its_name(step, row, row.acts_for, opinion)
    elif opinion.department != step.node.address or opinion.consultation_id != row.consultation_id:
        raise BadOpinion(
            "the opinion names another department or consultation",
            remedy="department {address}, consultation {consultation_id}",
            address=step.node.address,
            consultation_id=row.consultation_id,
        )
    if not row.cleared and opinion.verdict is not Verdict.SPECIAL_PROCEDURE:
        raise Conflict(
            "case {case_number} waits for another department's result",
            remedy="prepare; answer when it is in",
            case_number=row.case_number,
        )
    if row.state not in ANSWERABLE:
        raise Conflict(
            "case {case_number} is {state}",
            remedy=_UNANSWERABLE[row.state],
            case_number=row.case_number,
            state=coded(DESK_STATES, row.state),
        )
    expect_later(step, row.received_at, row.window, row.request_id)
    if opinion.licence_answer is not None:
        check_held(step, opinion.licence_answer)
    step.node.expect((row.window,))
    opinion = as_asked(step, row, opinion)
    message_id = step.send(
        opinion, (row.window,), conversation_id=conversation_of(step, row), in_reply_to=row.consultation_id
    )
    if opinion.verdict is Verdict.SPECIAL_PROCEDURE:
        step.note("special-procedure", row.case_number, message_id)
        return message_id
    step.tx[DepartmentDesk].move(
        row.case_number, ANSWERABLE, DeskState.ANSWERED,
        opinion_id=message_id, answered_at=step.now, recall_id=None,
    )  # fmt: skip
    step.note("answered", row.case_number, message_id, verdict=opinion.verdict.value)
    return message_id


def row_on_desk(step: Step, case_number: str) -> DeskRow:
    """Return a case of the desk. Raises NotFound."""
    row = step.tx[DepartmentDesk].get(case_number)
    if row is None:
        raise NotFound(
            "case {case_number} is not on the desk of {address}",
            remedy="`exchange inbox` lists what is waiting here",
            case_number=case_number,
            address=step.node.address,
        )
    return row


def conversation_of(step: Step, row: DeskRow) -> str | None:
    """Return the conversation that a case on the desk belongs to; None where its request is not on record."""
    stored = step.tx[Documents].get(row.window, row.request_id)
    return stored.conversation_id if stored else None
