"""Deciding several cases as their rule has prepared it, where everything is in, nobody objects and nothing comes first.

Each is a decision of its own, with its own reasons, signed by itself.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from exchange.approval.rules.lead import LeadTask
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.conclude import confirm_in
from exchange.approval.window.decision import decision_of
from exchange.approval.window.lead_duties import duty_of
from exchange.approval.window.leading.store import LeadCases
from exchange.desk.looking import CHUNK
from exchange.desk.pages.lead.batch import Batch, BatchItem, LeftOut
from exchange.desk.pages.lead.deciding import decision_rows
from exchange.desk.pages.lead.seeing import LeadCase, case_facts, cases_ahead, lead_case_in
from exchange.desk.permissions import DeskAction
from exchange.desk.seen import expect_mark
from exchange.desk.visit import DeskVisit
from exchange.errors import Conflict
from exchange.language import Words
from exchange.messaging.node import Step
from exchange.paging import every
from exchange.schemas import Outcome

_FAVOURABLE = (Outcome.GRANT, Outcome.GRANT_WITH_CONDITIONS)


def _candidates(visit: DeskVisit) -> Generator[str]:
    with visit.node.store.reading() as tx:
        for case in every(lambda last, most: tx[LeadCases].ready(last, most), lambda one: one.place, CHUNK):
            yield case.number


def _look(visit: DeskVisit, tx: Any, number: str) -> BatchItem | LeftOut:
    case = lead_case_in(tx, visit, number)
    path, title, why = f"/lead/case/{number}", case.row.project, why_alone(visit, tx, case)
    prepared = case.file.status.prepared
    if why is not None or prepared is None:
        return LeftOut(path, number, title, why or _NOT_PREPARED)
    decision = decision_of(case.docket, prepared.by(visit.who), visit.node.address, visit.now)
    return BatchItem(number, path, number, title, case.mark, list(decision_rows(visit, case, decision)))


_NOT_PREPARED: Words = ("没有拟定的决定", "no rule has prepared a decision")


def why_alone(visit: DeskVisit, tx: Any, case: LeadCase) -> Words | None:
    """Return why a case is not decided together with others; None where nothing speaks against it."""
    prepared, docket = case.file.status.prepared, case.docket
    if case.row.state is not CaseState.READY:
        return "尚未就绪，或已办结", "it is not ready, or was decided"
    if prepared is None:
        return _NOT_PREPARED
    if prepared.outcome not in _FAVOURABLE:
        return "拟不予许可", "a refusal is prepared"
    if docket.objections:
        return "有部门不同意", "a department objects"
    if docket.lacking:
        return "有部门未同意", "the consent of a department is lacking"
    if any(one.state is PartState.ESCALATED for one in docket.parts):
        return "有部门逾期未答复", "a department is silent beyond its term"
    duty = duty_of(tx, case.row, visit.node.calendar, visit.now)
    if duty is None or duty.task is not LeadTask.CONFIRM:
        return "另有事项须先办理", "something else comes first"
    return None


def _confirm(visit: DeskVisit, step: Step, number: str, mark: str) -> None:
    expect_mark(mark, *case_facts(step.tx, step.node.address, number))
    _, ruling = confirm_in(step, number, visit.who)
    if ruling.outcome not in _FAVOURABLE or ruling.overruled or ruling.without_consent:
        raise Conflict(
            "case {number} is decided by itself: not all consent", remedy="decide it on its page", number=number
        )


CONFIRM_SEVERAL = Batch(
    "confirm", DeskAction.DECIDE, ("一并确认拟定的决定", "Confirm several"),
    ("每个案件的决定各自签名，理由各自写明，由您负责，不能收回。",
     "Each decision is signed by itself, with its own reasons; you answer for each, and none is taken back."),
    ("签名所选决定", "Sign those that are chosen"),
    ("所选决定均已签发。", "All decisions that were chosen are signed."),
    _candidates, _look, _confirm, ahead=cases_ahead,
)  # fmt: skip
