"""Closing: whoever has not answered need not any more, and is told so; as when the applicant withdraws."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from exchange.approval.filings.changes import cases_changed
from exchange.approval.records import CaseRow
from exchange.approval.renewals.waiting import expect_not_arisen, renewing_case
from exchange.approval.rules.after.paper import owes
from exchange.approval.rules.states import CASES, CaseState, PartState
from exchange.approval.window.deadlines import refresh
from exchange.approval.window.store import Cases
from exchange.errors import Conflict, NotFound
from exchange.language.names import CASE_STATES, coded
from exchange.messaging.checks import expect_window
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import CaseClosed

OPEN_PARTS = frozenset({PartState.PLANNED, PartState.ISSUED, PartState.SIGNED, PartState.ESCALATED})
"""States of parts of which an opinion may still come."""


def close_parts(step: Step, case: CaseRow, departments: Sequence[str], reason: str, also: Sequence[str] = ()) -> None:
    """Make open parts moot and tell those departments; what they had is kept.

    ``also``: departments of which nothing more is wanted, though their part is over.
    """
    told: list[str] = list(also)
    for part in step.tx[Cases].parts(case.number):
        if part.department not in departments or part.state not in OPEN_PARTS:
            continue
        step.tx[Cases].move_part(case.number, part.department, OPEN_PARTS, PartState.MOOT, moot_at=step.now)
        refresh(step, case.number, part.department)
        if part.consultation_id is not None:
            told += part.hearing
    if told:
        closed = CaseClosed(case_number=case.number, reason=reason, at=step.now)
        step.send(closed, tuple(dict.fromkeys(told)), conversation_id=case.conversation_id)


def own_case(step: Step, case_number: str) -> CaseRow:
    """Return a case of this window. Raises Denied (this is no window) or NotFound."""
    expect_window(step.node)
    case = step.tx[Cases].get(case_number)
    if case is None:
        raise NotFound(
            "no case {case_number} here", remedy="`exchange status` lists the cases", case_number=case_number
        )
    return case


def withdraw(node: Node, case_number: str, reason: str) -> None:
    """Withdraw an application for its applicant before the decision: whoever has not answered need not any more.

    Raises Denied (this is no window), NotFound, Conflict or CallerError.
    """
    with node.step() as step:
        withdraw_in(step, case_number, reason)


def withdraw_in(step: Step, case_number: str, reason: str, at: datetime | None = None) -> None:
    """Do what `withdraw` does, inside a step. ``at``: when the applicant has said so, where that was before now."""
    check_reason(reason, "a withdrawal needs a reason", "say why the applicant withdraws")
    case = own_case(step, case_number)
    expect_not_arisen(renewing_case(step.tx, step.node.address, case), at or step.now)
    if not step.tx[Cases].move(
        case_number, CASES.before(CaseState.WITHDRAWN), CaseState.WITHDRAWN, withdrawn_at=step.now
    ):
        raise Conflict(
            "case {case_number} is {state}",
            remedy="only an undecided case can be withdrawn",
            case_number=case_number,
            state=coded(CASE_STATES, case.state.value),
        )
    parts = step.tx[Cases].parts(case_number)
    owing = [part.department for part in parts if owes(part)]
    close_parts(step, case, [part.department for part in parts], reason, also=step.node.reachable(owing))
    step.note("withdrawn", case_number)
    cases_changed(step, [case_number])
