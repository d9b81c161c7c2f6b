"""Clearing: a department that waits for others is told of their results, and may decide."""

from __future__ import annotations

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.entry_reasons import OTHER_RESULT
from exchange.approval.window.deadlines import RUNNING, approver_of, refresh
from exchange.approval.window.store import Cases
from exchange.approval.window.submit import begin_anew, escalate_unreachable
from exchange.messaging.node import Step
from exchange.schemas import Clearance, Matter, Result


def clear(step: Step, case: CaseRow, matter: Matter, department: str) -> None:
    """Tell a department of what it waited for; its term begins when it signs for that.

    Once; and again where a result that it was told was recalled, and another one is in.
    """
    parts = {part.department: part for part in step.tx[Cases].parts(case.number)}
    part = parts[department]
    if (part.clearance_id is not None and not part.clear_again) or part.state not in RUNNING:
        return
    results = tuple(_result(parts[earlier]) for earlier in approver_of(matter, department).after)
    clearance = Clearance(case_number=case.number, consultation_id=part.consultation_id or "", results=results)
    if not step.node.reachable((department,)):
        escalate_unreachable(step, case, department)
        refresh(step, case.number, department)
        return
    message_id = step.send(clearance, (department,), conversation_id=case.conversation_id)
    if part.clear_again:
        begin_anew(step, case.number, department, OTHER_RESULT, message_id)
    step.tx[Cases].move_part(
        case.number, department, {part.state}, part.state, clearance_id=message_id, clear_again=None
    )
    step.note("cleared", case.number, message_id, department=department)


def clear_again(step: Step, number: str, department: str) -> None:
    """Who was told a result that is recalled is to be told the next one, and has its whole term with that."""
    part = step.tx[Cases].part(number, department)
    if part is not None and part.clearance_id is not None and part.state in RUNNING:
        step.tx[Cases].move_part(number, department, {part.state}, part.state, clear_again=True)


def _result(part: PartRow) -> Result:
    return Result(department=part.department, verdict=part.verdict, conditions=part.conditions or "")
