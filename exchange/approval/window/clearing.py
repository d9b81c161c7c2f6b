"""Clearing: a department that waits for others is told of their results, or that there is none, and may decide."""

from __future__ import annotations

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.completion import RESULT
from exchange.approval.rules.entry_reasons import LATE_RESULT, OTHER_RESULT
from exchange.approval.rules.states import PartState
from exchange.approval.window.deadlines import RUNNING, approver_of, refresh
from exchange.approval.window.issuing import begin_anew, escalate_unreachable
from exchange.approval.window.store import Cases
from exchange.messaging.node import Step
from exchange.schemas import Clearance, Matter, Result, ResultStanding


def clear(step: Step, case: CaseRow, matter: Matter, department: str) -> None:
    """Tell a department of what it waited for; its term begins when it signs for that.

    Once; and again where a result that it was told was recalled, and another one is in, or where there was none and one
    has come. Who was escalated before it was cleared is told as well, once: its answer still counts.
    """
    parts = {part.department: part for part in step.tx[Cases].parts(case.number)}
    part = parts[department]
    if part.state not in (*RUNNING, PartState.ESCALATED):
        return
    if part.clearance_id is not None and (not part.clear_again or part.state not in RUNNING):
        return
    results = tuple(_result(parts[earlier]) for earlier in approver_of(matter, department).after)
    clearance = Clearance(case_number=case.number, consultation_id=part.consultation_id or "", results=results)
    if not step.node.reachable((department,)):
        escalate_unreachable(step, case, department)
        refresh(step, case.number, department)
        return
    message_id = step.send(clearance, part.hearing, conversation_id=case.conversation_id)
    if part.clear_again:
        recalled = any(parts[earlier].recalled_id is not None for earlier in approver_of(matter, department).after)
        begin_anew(step, case.number, department, OTHER_RESULT if recalled else LATE_RESULT, message_id)
    step.tx[Cases].move_part(
        case.number, department, {part.state}, part.state, clearance_id=message_id, clear_again=None
    )
    step.note("cleared", case.number, message_id, department=department)
    refresh(step, case.number, department)


def clear_again(step: Step, number: str, department: str) -> None:
    """Have a department told the next result, who was told one that is recalled, or none; with its whole term then."""
    part = step.tx[Cases].part(number, department)
    if part is not None and part.clearance_id is not None and part.state in RUNNING:
        step.tx[Cases].move_part(number, department, {part.state}, part.state, clear_again=True)


def _result(part: PartRow) -> Result:
    if part.state not in RESULT:
        return Result(department=part.department, verdict=None, standing=ResultStanding.NO_RESULT)
    if part.state is PartState.REFUSED:
        return Result(department=part.department, verdict=None, standing=ResultStanding.DEEMED_REFUSAL)
    return Result(department=part.department, verdict=part.verdict, conditions=part.conditions or "")
