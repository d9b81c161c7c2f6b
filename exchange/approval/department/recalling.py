"""Recalling: a department takes its own opinion back, until the lead decides, and may give another in its time."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.approval.department.desk import conversation_of
from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.rules.states import DeskState
from exchange.errors import Conflict, NotFound
from exchange.language.names import DESK_STATES, coded
from exchange.messaging.aside.behind import expect_later
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.messaging.records import Signed
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import Decision, OpinionRecall, Receipt


def recall(node: Node, case_number: str, officer: str, reasons: str) -> str:
    """Recall the department's opinion on a case of its desk; return the message id.

    It counts once the window has taken it: that is the receipt's to say. Raises NotFound (no such case on the desk),
    Conflict (no opinion that counts, recalled before, or the lead has decided) or CallerError.
    """
    with node.step() as step:
        return recall_in(step, case_number, officer, reasons)


def recall_in(step: Step, case_number: str, officer: str, reasons: str) -> str:
    """Do what `recall` does, inside a step."""
    reasons = check_reason(reasons, "a recall needs its reasons", "say why the opinion is recalled")
    officer = check_reason(officer, "no officer is named", "say who recalls it")
    row = step.tx[DepartmentDesk].get(case_number)
    if row is None:
        raise NotFound(
            "case {case_number} is not on the desk of {address}",
            remedy="`exchange inbox --all` lists what was answered here",
            case_number=case_number,
            address=step.node.address,
        )
    if row.acts_for is not None:
        raise Conflict(
            "what was said in case {case_number} for {department} is recalled by {department} alone",
            remedy="ask {department}, or write to the lead",
            case_number=case_number,
            department=row.acts_for,
        )
    opinion_id = _standing_opinion(step, row)
    expect_later(step, row.answered_at or row.received_at, step.node.address, opinion_id)
    step.node.expect((row.window,))
    body = OpinionRecall(
        case_number=case_number,
        department=step.node.address,
        opinion_id=opinion_id,
        reasons=reasons,
        officer=officer,
        at=step.now,
    )
    message_id = step.send(body, (row.window,), conversation_id=conversation_of(step, row), in_reply_to=opinion_id)
    step.tx[DepartmentDesk].move(case_number, {DeskState.ANSWERED}, DeskState.ANSWERED, recall_id=message_id)
    step.note("recalling", case_number, message_id, opinion=opinion_id, officer=officer)
    return message_id


def on_signed(step: Step, signed: Sequence[Signed], receipts: Sequence[Receipt]) -> None:
    """Take in the window's receipts for recalls: the case lies on the desk again, or the opinion stands."""
    rows = step.tx[DepartmentDesk].recalled_by([item.message_id for item in signed])
    for item in signed:
        row = rows.get(item.message_id)
        if row is None or row.state is not DeskState.ANSWERED:
            continue
        if item.accepted:
            step.tx[DepartmentDesk].move(
                row.case_number, {DeskState.ANSWERED}, DeskState.WAITING, opinion_id=None, answered_at=None
            )
            step.note("opinion-recalled", row.case_number, item.message_id, opinion=row.opinion_id)
        else:
            step.tx[DepartmentDesk].move(row.case_number, {DeskState.ANSWERED}, DeskState.ANSWERED, recall_id=None)
            step.note("recall-returned", row.case_number, item.message_id, reason=item.reason)


def _standing_opinion(step: Step, row: DeskRow) -> str:
    if row.state is not DeskState.ANSWERED or row.opinion_id is None:
        raise Conflict(
            "case {case_number} is {state}: no opinion of {address} on it stands that could be recalled",
            remedy="what was deemed by rule is no opinion; `exchange show {case_number}` tells what is on record",
            case_number=row.case_number,
            state=coded(DESK_STATES, row.state.value),
            address=step.node.address,
        )
    if row.recall_id is not None:
        raise Conflict(
            "the opinion on case {case_number} is being recalled already",
            remedy="wait for the window's receipt: `exchange show {recall_id}`",
            case_number=row.case_number,
            recall_id=row.recall_id,
        )
    asked = step.tx[Documents].get(row.window, row.request_id)
    decided = step.tx[Documents].of_conversation(asked.conversation_id, Decision.KIND) if asked else []
    if any(one.sender == row.window for one in decided):
        raise Conflict(
            "the lead has decided case {case_number}: an opinion is recalled until then",
            remedy="write to the lead, which may review its decision",
            case_number=row.case_number,
        )
    return row.opinion_id
