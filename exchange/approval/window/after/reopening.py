"""Reopening: the lead takes a closed case up again, of its own accord or on an order. What was decided stays signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.approval.clocks.store import CaseClocks
from exchange.approval.filings.changes import cases_changed
from exchange.approval.records import CaseRow, PartRow, ReopeningRow
from exchange.approval.rules.course import reopening as rules
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.conclude import Concluder
from exchange.approval.window.deadlines import approver_of, matter_of, refresh
from exchange.approval.window.issuing import as_first, issue_again
from exchange.approval.window.store import Cases
from exchange.errors import NotFound
from exchange.messaging.checks import expect_window
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import CaseReopened, OrderedBy


@dataclass(frozen=True)
class Reopening:
    """Why a case is taken up again, by which law, at whose instance, and who is asked again."""

    officer: str
    reasons: str
    basis: tuple[str, ...]
    ordered_by: OrderedBy = OrderedBy.LEAD
    order: str | None = None
    """The number or name of the order, where another than the lead ordered it."""
    ask: tuple[str, ...] = ()
    """Departments that are asked again, each with its full term; the others' opinions stand."""


def reopen(node: Node, case_number: str, wanted: Reopening) -> CaseRow:
    """Take a decided or withdrawn case up again; returns it.

    Departments that are asked again have their full term, and their silence is escalated, never more. Where none is,
    the lead decides on what is there. Raises Denied (this is no window), NotFound, Conflict (not closed) or CallerError
    (reasons, basis or order missing).
    """
    with node.step() as step:
        return reopen_in(step, case_number, wanted)


def reopen_in(step: Step, case_number: str, wanted: Reopening) -> CaseRow:
    """Do what `reopen` does, inside a step."""
    officer = check_reason(wanted.officer, "no officer is named", "say who reopens it (--officer)")
    reasons = check_reason(wanted.reasons, "reopening needs its reasons", "say why (--reasons)")
    basis, order = rules.check_basis(wanted.basis), rules.check_order(wanted.ordered_by, wanted.order)
    expect_window(step.node)
    case = step.tx[Cases].get(case_number)
    if case is None:
        raise NotFound(
            "no case {case_number} here", remedy="`exchange status` lists the cases", case_number=case_number
        )
    rules.check_closed(case_number, case.state)
    parts = step.tx[Cases].parts(case_number)
    asked = rules.check_asked(case_number, wanted.ask, [part.department for part in parts])
    step.node.expect(asked)
    notice = CaseReopened(
        case_number=case_number, former=case.decision_id, ordered_by=wanted.ordered_by, order=order, reasons=reasons,
        basis=basis, asked=asked, officer=officer, at=step.now,
    )  # fmt: skip
    notice_id = _tell(step, case, notice, parts)
    step.tx[Cases].add_reopening(_row(step, case, notice, notice_id))
    _move(step, case, asked)
    cases_changed(step, [case_number])
    step.tx[CaseClocks].begin_anew(case_number, step.now)
    step.note("reopened", case_number, notice_id, by=officer, ordered_by=wanted.ordered_by.value, asked=list(asked))
    if asked:
        _ask(step, case, asked)
    opened = step.tx[Cases].get(case_number)
    return opened if opened is not None else case


def _tell(step: Step, case: CaseRow, notice: CaseReopened, parts: Sequence[PartRow]) -> str | None:
    heard = [one for part in parts if part.consultation_id is not None for one in part.hearing]
    told = step.node.reachable(tuple(dict.fromkeys((*heard, *notice.asked))))
    return step.send(notice, told, conversation_id=case.conversation_id) if told else None


def _row(step: Step, case: CaseRow, notice: CaseReopened, notice_id: str | None) -> ReopeningRow:
    return ReopeningRow(
        case_number=case.number,
        round=len(step.tx[Cases].reopenings(case.number)) + 1,
        at=step.now,
        officer=notice.officer,
        ordered_by=notice.ordered_by,
        reasons=notice.reasons,
        basis="\n".join(notice.basis),
        order_named=notice.order,
        former_state=case.state,
        former_id=case.decision_id,
        former_outcome=case.outcome,
        former_at=case.decided_at if case.state is CaseState.DECIDED else case.withdrawn_at,
        notice_id=notice_id,
    )


def _move(step: Step, case: CaseRow, asked: Sequence[str]) -> None:
    """The case is open again, or ready where nobody is asked; what had to be reviewed is what it is reopened for."""
    after = CaseState.OPEN if asked else CaseState.READY
    blank = dict.fromkeys(
        ("decided_at", "withdrawn_at", "outcome", "decision_id", "prepared", "rule_error", "by_rule"), None
    )
    ready_at = None if asked else step.now
    parts = step.tx[Cases].parts(case.number)
    stage = max([case.stage, *(part.stage for part in parts if part.department in asked)])
    moved = {**blank, "stage": stage, "ready_at": ready_at, "reopened_at": step.now}
    step.tx[Cases].move(case.number, {CaseState.DECIDED, CaseState.WITHDRAWN}, after, **moved)
    for part in parts:
        if part.review_at is not None:
            step.tx[Cases].move_part(case.number, part.department, {part.state}, part.state, review_at=None)
        if part.state is PartState.PLANNED and part.department not in asked:
            step.tx[Cases].move_part(case.number, part.department, {PartState.PLANNED}, PartState.MOOT)


def _ask(step: Step, case: CaseRow, asked: Sequence[str]) -> None:
    first = as_first(step, case)
    for department in asked:
        step.tx[Cases].ask_again(case.number, department)
    opened = step.tx[Cases].get(case.number) or case
    matter = matter_of(step.tx, opened)
    issue_again(step, opened, matter, [approver_of(matter, department) for department in asked], first)
    for department in asked:
        refresh(step, case.number, department)
    Concluder().advance(step, case.number)
