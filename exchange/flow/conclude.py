"""Conclude: when the catalogue's completion rule is met, the lead decides; explicitly, with reasons, signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from exchange.errors import CallerError, Conflict, NotFound
from exchange.flow.deadlines import matter_of, refresh
from exchange.flow.node import Node, Step
from exchange.flow.ports import CaseRow, CaseState, PartRow, PartState
from exchange.flow.submit import issue_stage
from exchange.rules.case import Advance, may_decide, progress
from schemas import (
    Application,
    CaseClosed,
    Clearance,
    Considered,
    Decision,
    Matter,
    Outcome,
    Overruling,
    Result,
    Standing,
    Verdict,
)

OPEN_PARTS = frozenset({PartState.PLANNED, PartState.ISSUED, PartState.SIGNED, PartState.ESCALATED})


@dataclass(frozen=True)
class Ruling:
    """What an officer or the window's own rule decides; the flow completes it to a signed Decision."""

    outcome: Outcome
    reasons: str
    conditions: str = ""
    basis: tuple[str, ...] = ()
    overruled: tuple[Overruling, ...] = ()
    officer: str = "window"


@dataclass(frozen=True)
class Docket:
    """All that the lead has before it when it decides."""

    case: CaseRow
    matter: Matter
    application: Application
    parts: tuple[PartRow, ...]

    @property
    def objections(self) -> Mapping[str, str]:
        """Reasons of the departments that disagreed."""
        return {part.department: part.reasons or "" for part in self.parts if part.verdict is Verdict.DISAGREE}


DecideRule = Callable[[Docket], Ruling | None]
"""The lead's rule; None leaves the case to an officer."""


class Concluder:
    """Moves cases on. ``decide_rule`` speaks for the lead where one is configured."""

    def __init__(self, decide_rule: DecideRule | None = None) -> None:
        self._decide_rule = decide_rule

    def advance(self, step: Step, case_number: str) -> None:
        """After a change of a part: clears those that waited, opens the next stage, or lets the lead decide."""
        case = step.tx.cases.get(case_number)
        if case is None or case.state is not CaseState.OPEN:
            return
        matter = matter_of(step.tx, case)
        parts = step.tx.cases.parts(case_number)
        found = progress(matter.completion, matter.quorum, case.stage, parts, matter.approvers)
        for department in found.cleared:
            self._clear(step, case, matter, department, parts)
        if found.kind is Advance.NEXT_STAGE:
            step.tx.cases.move(case_number, {CaseState.OPEN}, CaseState.OPEN, stage=case.stage + 1)
            issue_stage(step, case, matter, case.stage + 1)
        elif found.kind is Advance.READY:
            self._ready(step, case, matter, found.moot)

    def _clear(self, step: Step, case: CaseRow, matter: Matter, department: str, parts: Sequence[PartRow]) -> None:
        by_name = {part.department: part for part in parts}
        part = by_name[department]
        if part.clearance_id is not None or part.state not in (PartState.ISSUED, PartState.SIGNED):
            return
        awaited = next(approver.after for approver in matter.approvers if approver.department == department)
        results = tuple(_result(by_name[earlier]) for earlier in awaited)
        clearance = Clearance(case_number=case.number, consultation_id=part.consultation_id or "", results=results)
        message_id = step.send(clearance, (department,), conversation_id=case.conversation_id)
        step.tx.cases.move_part(case.number, department, {part.state}, part.state, clearance_id=message_id)
        step.note("cleared", case.number, message_id, department=department)

    def _ready(self, step: Step, case: CaseRow, matter: Matter, moot: Sequence[str]) -> None:
        if not step.tx.cases.move(case.number, {CaseState.OPEN}, CaseState.READY, ready_at=step.now):
            return
        step.note("ready", case.number)
        close_parts(step, case, moot, "the case can be decided without your opinion")
        if self._decide_rule is None:
            return
        docket = docket_of(step, case)
        ruling = self._decide_rule(docket)
        if ruling is not None:
            conclude(step, docket, ruling)


def docket_of(step: Step, case: CaseRow) -> Docket:
    """The case as the lead sees it."""
    application = Application.model_validate_json(case.application)
    return Docket(case, matter_of(step.tx, case), application, tuple(step.tx.cases.parts(case.number)))


def close_parts(step: Step, case: CaseRow, departments: Sequence[str], reason: str) -> None:
    """Makes open parts moot and tells those departments; what they had is kept."""
    told = []
    for part in step.tx.cases.parts(case.number):
        if part.department not in departments or part.state not in OPEN_PARTS:
            continue
        step.tx.cases.move_part(case.number, part.department, OPEN_PARTS, PartState.MOOT, moot_at=step.now)
        refresh(step, case.number, part.department)
        if part.consultation_id is not None:
            told.append(part.department)
    if told:
        closed = CaseClosed(case_number=case.number, reason=reason, at=step.now)
        step.send(closed, told, conversation_id=case.conversation_id)


def conclude(step: Step, docket: Docket, ruling: Ruling) -> str:
    """Writes, signs and sends the lead's decision to all consulted departments; returns its message id.

    Raises CallerError when the ruling lacks what a decision needs, Conflict when the case was decided meanwhile.
    """
    case = docket.case
    consulted = [part.department for part in docket.parts if part.consultation_id is not None]
    try:
        decision = Decision(
            case_number=case.number,
            matter=case.matter,
            lead=step.node.address,
            outcome=ruling.outcome,
            reasons=ruling.reasons,
            conditions=ruling.conditions,
            basis=ruling.basis or docket.matter.basis,
            considered=tuple(_considered(part) for part in docket.parts),
            overruled=ruling.overruled,
            officer=ruling.officer,
            decided_at=step.now,
        )
    except ValueError as error:
        raise CallerError(f"the decision does not hold: {error}", mend="complete the decision") from error
    if not any(step.node.directory.reachable(address, step.node.suite) for address in consulted):
        step.node.expect(consulted)  # a decision that reaches nobody would stand nowhere
    message_id = step.send(decision, consulted, conversation_id=case.conversation_id)
    if not step.tx.cases.move(
        case.number,
        {CaseState.READY},
        CaseState.DECIDED,
        decided_at=step.now,
        outcome=ruling.outcome.value,
        decision_id=message_id,
    ):
        raise Conflict(f"case {case.number} is decided already")
    step.note("decided", case.number, message_id, outcome=ruling.outcome.value)
    return message_id


def decide(node: Node, case_number: str, ruling: Ruling) -> str:
    """An officer's decision on a case that is ready, or held up only by escalated parts.

    Raises NotFound, Conflict (decided, withdrawn, or opinions still out) or CallerError.
    """
    with node.step() as step:
        case = step.tx.cases.get(case_number)
        if case is None:
            raise NotFound(f"no case {case_number} here", mend="`exchange status` lists the cases")
        if case.state is CaseState.OPEN:
            _make_ready(step, case)
        elif case.state is not CaseState.READY:
            raise Conflict(f"case {case_number} is {case.state.value}", mend="a decision is made once")
        return conclude(step, docket_of(step, case), ruling)


def _make_ready(step: Step, case: CaseRow) -> None:
    parts = step.tx.cases.parts(case.number)
    if not may_decide(parts):
        waiting = ", ".join(part.department for part in parts if part.state in OPEN_PARTS)
        raise Conflict(f"case {case.number} still waits for {waiting}", mend="wait for their opinions or deadlines")
    step.tx.cases.move(case.number, {CaseState.OPEN}, CaseState.READY, ready_at=step.now)


def withdraw(node: Node, case_number: str, reason: str) -> None:
    """The applicant withdraws before the decision: whoever has not answered need not any more.

    Raises NotFound or Conflict.
    """
    with node.step() as step:
        case = step.tx.cases.get(case_number)
        if case is None:
            raise NotFound(f"no case {case_number} here")
        undecided = {CaseState.OPEN, CaseState.READY}
        if not step.tx.cases.move(case_number, undecided, CaseState.WITHDRAWN, withdrawn_at=step.now):
            raise Conflict(f"case {case_number} is {case.state.value}", mend="only an undecided case can be withdrawn")
        everyone = [part.department for part in step.tx.cases.parts(case_number)]
        close_parts(step, case, everyone, reason)
        step.note("withdrawn", case_number)


def _result(part: PartRow) -> Result:
    return Result(department=part.department, verdict=part.verdict, conditions=part.conditions or "")


_STANDING = {
    PartState.ANSWERED: Standing.ANSWERED,
    PartState.DEEMED: Standing.DEEMED,
    PartState.ESCALATED: Standing.ESCALATED,
}


def _considered(part: PartRow) -> Considered:
    return Considered(
        department=part.department,
        standing=_STANDING.get(part.state, Standing.MOOT),
        verdict=part.verdict if part.state is PartState.ANSWERED else None,
        message_id=part.opinion_id if part.state is PartState.ANSWERED else part.deemed_id,
    )
