"""Conclude: when the catalogue's completion rule is met, the lead decides; explicitly, with reasons, signed.

The lead's rule prepares what an officer then confirms; where the profile says that it decides, it does, and every such
decision says under its signature that it was made by rule.
"""

from __future__ import annotations

from collections.abc import Sequence

from exchange.approval.filings.changes import cases_changed
from exchange.approval.records import CaseRow
from exchange.approval.renewals.waiting import expect_not_arisen, has_arisen, renewing_case
from exchange.approval.rule_failure import kind_of_failure
from exchange.approval.rules.completion import Advance, may_decide, progress
from exchange.approval.rules.correction import awaiting_correction
from exchange.approval.rules.course.adding import to_place
from exchange.approval.rules.states import CaseState
from exchange.approval.window.clearing import clear
from exchange.approval.window.closing import OPEN_PARTS, close_parts, own_case
from exchange.approval.window.deadlines import matter_of
from exchange.approval.window.decision import (
    DecideRule,
    Docket,
    Ruling,
    decision_of,
    owes_reasons,
    ruling_of,
    ruling_text,
)
from exchange.approval.window.dockets import docket_of
from exchange.approval.window.faulty import let_correct
from exchange.approval.window.hearing.owed import expect_heard, hearing_owed
from exchange.approval.window.issuing import issue_next_stage
from exchange.approval.window.matters import completing
from exchange.approval.window.renewing.decided import renewal_decided
from exchange.approval.window.set_aside import opinion_set_aside
from exchange.approval.window.store import Cases
from exchange.errors import Conflict
from exchange.language import Text
from exchange.language.names import CASE_STATES, OUTCOMES, coded
from exchange.machine.logger import get_logger
from exchange.messaging.node import Node, Step
from exchange.schemas import Decision, Matter, Outcome

log = get_logger()

_RULE_ERROR = 500
"""Characters that are kept of what a rule failed with."""


class Concluder:
    """Moves cases on. The lead's ``decide_rule``, where there is one, prepares its decision, or ``decides`` itself."""

    def __init__(self, decide_rule: DecideRule | None = None, *, decides: bool = False) -> None:
        self._decide_rule = decide_rule
        self._decides = decides

    def advance(self, step: Step, case_number: str) -> None:
        """Carry a case on after a change of a part.

        Clears those that waited, opens the next stage, or lets the lead decide.
        """
        case = step.tx[Cases].get(case_number)
        if case is not None and case.state is CaseState.READY:
            self._ask_rule(step, case)
        while self._moved(step, case_number):
            pass  # a stage may begin with nobody who can be reached: then the next thing follows at once
        held_up = step.tx[Cases].get(case_number)
        if held_up is not None and held_up.state is CaseState.OPEN:
            self._prepare(step, held_up)

    def _prepare(self, step: Step, case: CaseRow) -> None:
        """Have the rule prepare a decision where only escalated parts hold a case up; what it said before is over."""
        if may_decide(step.tx[Cases].parts(case.number)):
            self._ask_rule(step, case)
        else:
            _keep(step, case)

    def _moved(self, step: Step, case_number: str) -> bool:
        """Do what a case does next; whether more may follow of it."""
        case = step.tx[Cases].get(case_number)
        if case is None or case.state is not CaseState.OPEN:
            return False
        matter = matter_of(step.tx, case)
        parts = step.tx[Cases].parts(case_number)
        ruled = completing(case, matter)
        found = progress(ruled.completion, ruled.quorum, case.stage, parts, matter.approvers)
        for department in found.cleared:
            clear(step, case, matter, department)
        if found.kind is Advance.NEXT_STAGE:
            step.tx[Cases].move(case_number, {CaseState.OPEN}, CaseState.OPEN, stage=case.stage + 1)
            issue_next_stage(step, case, matter, case.stage + 1)
        elif found.kind is Advance.READY:
            self._ready(step, case, matter, found.moot)
        return [part.state for part in step.tx[Cases].parts(case_number)] != [part.state for part in parts]

    def _ready(self, step: Step, case: CaseRow, matter: Matter, moot: Sequence[str]) -> None:
        if not step.tx[Cases].move(case.number, {CaseState.OPEN}, CaseState.READY, ready_at=step.now):
            return
        step.note("ready", case.number)
        cases_changed(step, [case.number])
        close_parts(step, case, moot, "the case can be decided without your opinion")
        ready = step.tx[Cases].get(case.number)
        if ready is not None:
            self._ask_rule(step, ready)

    def _ask_rule(self, step: Step, case: CaseRow) -> None:
        """The lead's own rule prepares or decides, or leaves the case to an officer; also where it fails.

        In a reopened case, while the body that is competent may yet be asked, a late objection on grounds of safety
        stands, or a part is escalated, it prepares at most, and an officer decides.

        What the departments have said is on record whatever becomes of the rule. It is asked again when a part of a
        case that is ready has changed, and what it prepared before holds no longer.
        """
        if self._decide_rule is None or awaiting_correction(step.tx[Cases].parts(case.number), step.now):
            return
        docket = docket_of(step, case)
        alarmed = case.reopened_at is not None or any(part.alarming for part in docket.parts)
        decides = self._decides and case.state is not CaseState.OPEN and not alarmed
        decides = decides and not to_place(CaseState.READY, docket.matter, docket.parts)
        decides = decides and not hearing_owed(step.tx, case, step.node.calendar)
        decides = decides and not has_arisen(renewing_case(step.tx, step.node.address, case), step.now)
        try:
            ruling = self._decide_rule(docket)
            if ruling is not None and not isinstance(ruling, Ruling):
                raise TypeError(Text("the rule gave {kind}, not a Ruling", {"kind": type(ruling).__name__}))
            if ruling is not None and case.state is CaseState.OPEN and owes_reasons(docket, ruling):
                ruling = None
            decision = None
            if ruling is not None:
                decision = decision_of(docket, ruling, step.node.address, step.now, by_rule=decides)
        except Exception as error:
            log.exception("rule.failed", node=step.node.address, case_number=case.number)
            step.note("rule-failed", case.number, None, error=kind_of_failure(error))
            _keep(step, case, rule_error=f"{kind_of_failure(error)}: {error}"[:_RULE_ERROR])
            return
        if ruling is None or decision is None:
            _keep(step, case)
        elif decides:
            _send_decision(step, docket, decision)
        else:
            _keep(step, case, prepared=ruling_text(ruling))
            step.note("decision-prepared", case.number, None, outcome=ruling.outcome.value)


def _keep(step: Step, case: CaseRow, prepared: str | None = None, rule_error: str | None = None) -> None:
    """What the lead's rule has come to on a case that is ready; replaces what it came to before."""
    if (prepared, rule_error) != (case.prepared, case.rule_error):
        kept = {"prepared": prepared, "rule_error": rule_error}
        step.tx[Cases].move(case.number, {case.state}, case.state, **kept)


def conclude(step: Step, docket: Docket, ruling: Ruling) -> str:
    """Write, sign and send the lead's decision to all consulted departments; returns its message id.

    Raises CallerError when the ruling lacks what a decision needs, Conflict when the case was decided meanwhile.
    """
    return _send_decision(step, docket, decision_of(docket, ruling, step.node.address, step.now))


def _send_decision(step: Step, docket: Docket, decision: Decision) -> str:
    case, outcome = docket.case, decision.outcome.value
    consulted = [one for part in docket.parts if part.consultation_id is not None for one in part.hearing]
    if not step.node.reachable(consulted):
        step.node.expect(consulted)  # a decision that reaches nobody would stand nowhere
    message_id = step.send(decision, tuple(dict.fromkeys(consulted)), conversation_id=case.conversation_id)
    if not step.tx[Cases].move(
        case.number, {CaseState.READY}, CaseState.DECIDED,
        decided_at=step.now, outcome=outcome, decision_id=message_id, by_rule=decision.by_rule,
    ):  # fmt: skip
        raise Conflict("case {number} is decided already", remedy="a decision is made once", number=case.number)
    step.note("decided", case.number, message_id, outcome=outcome, by_rule=decision.by_rule)
    renewal_decided(step, case, decision, message_id)
    cases_changed(step, [case.number])
    return message_id


def decide(node: Node, case_number: str, ruling: Ruling) -> str:
    """Record an officer's decision on a case that is ready, or held up only by escalated parts.

    Raises Denied (this is no window), NotFound, Conflict (decided, withdrawn, or opinions still out) or CallerError.
    """
    with node.step() as step:
        return decide_in(step, case_number, ruling)


def decide_in(step: Step, case_number: str, ruling: Ruling) -> str:
    """Do what `decide` does, inside a step."""
    case = own_case(step, case_number)
    expect_not_arisen(renewing_case(step.tx, step.node.address, case), step.now)
    expect_heard(step, case)
    if case.state in (CaseState.OPEN, CaseState.READY):
        let_correct(step, case)
    if case.state is CaseState.OPEN:
        _make_ready(step, case)
    elif case.state is not CaseState.READY:
        raise Conflict(
            "case {case_number} is {state}",
            remedy="a decision is made once",
            case_number=case_number,
            state=coded(CASE_STATES, case.state.value),
        )
    return conclude(step, docket_of(step, case), ruling)


def confirm(node: Node, case_number: str, officer: str, outcome: Outcome | None = None) -> tuple[str, Ruling]:
    """Decide as the lead's rule has prepared it, by this officer; returns the message id and what was decided.

    ``outcome``: what the officer takes it to be. Raises Denied (this is no window), NotFound, Conflict (decided;
    nothing prepared; prepared otherwise) or CallerError.
    """
    with node.step() as step:
        return confirm_in(step, case_number, officer, outcome)


def confirm_in(step: Step, case_number: str, officer: str, outcome: Outcome | None = None) -> tuple[str, Ruling]:
    """Do what `confirm` does, inside a step."""
    case = own_case(step, case_number)
    if case.state not in (CaseState.OPEN, CaseState.READY):
        raise Conflict(
            "case {case_number} is {state}",
            remedy="a decision is made once",
            case_number=case_number,
            state=coded(CASE_STATES, case.state.value),
        )
    expect_not_arisen(renewing_case(step.tx, step.node.address, case), step.now)
    let_correct(step, case)
    expect_heard(step, case)
    if case.prepared is None:
        raise Conflict(
            "no rule has prepared a decision on case {case}",
            remedy="decide by hand: exchange decide {case} OUTCOME --officer WHO --reasons WHY",
            case=case_number,
        )
    ruling = ruling_of(case.prepared).by(officer)
    if outcome not in (None, ruling.outcome):
        raise Conflict(
            "case {case}: prepared is {prepared}, not {given}",
            remedy="read it with `exchange status {case}`, then confirm, or decide by hand",
            case=case_number,
            prepared=coded(OUTCOMES, ruling.outcome.value),
            given=coded(OUTCOMES, str(outcome)),
        )
    if case.state is CaseState.OPEN:
        _make_ready(step, case)
    return conclude(step, docket_of(step, case), ruling), ruling


def _make_ready(step: Step, case: CaseRow) -> None:
    parts = step.tx[Cases].parts(case.number)
    if not may_decide(parts):
        waiting = ", ".join(part.department for part in parts if part.state in OPEN_PARTS)
        raise Conflict(
            "case {number} still waits for {waiting}",
            remedy="wait for their opinions or deadlines",
            number=case.number,
            waiting=waiting,
        )
    for part in parts:
        if part.state in OPEN_PARTS and opinion_set_aside(step.tx, step.node, case.number, part.department):
            raise Conflict(
                "an opinion of {department} on case {number} arrived and could not be taken in",
                remedy="`exchange dead` says why, and what brings it in: until then it holds up the decision",
                department=part.department,
                number=case.number,
            )
    step.tx[Cases].move(case.number, {CaseState.OPEN}, CaseState.READY, ready_at=step.now)
