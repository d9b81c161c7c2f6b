"""Adding: the body that is competent is asked while the case runs, in place of one that said it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.course.adding import (
    MOST_PARTS,
    Placement,
    approver_added,
    is_met,
    to_place,
    unplaced,
)
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.conclude import Concluder
from exchange.approval.window.deadlines import approver_of, matter_of
from exchange.approval.window.issuing import issue_added
from exchange.approval.window.matters import completing
from exchange.approval.window.proposals import proposals_of
from exchange.approval.window.store import Cases
from exchange.errors import CallerError, Conflict, NotFound
from exchange.language.names import CASE_STATES, coded
from exchange.messaging.checks import expect_window
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import Matter, Role


@dataclass(frozen=True)
class Addition:
    """Whom to ask besides, in whose place, and who says so."""

    department: str
    officer: str
    instead_of: str | None = None
    """The department that is not competent; may be left out where one alone is, or one alone names this body."""
    days: int | None = None
    """A longer term than the matter's, in working days."""
    reasons: str = ""
    """Owed where it is another body than the one that was named."""


def add_body(node: Node, case_number: str, addition: Addition) -> PartRow:
    """Put a running case to the body that is competent, with its own full term; returns its part.

    Raises Denied (this is no window), NotFound (no such case or member, or one that is revoked), Conflict (closed,
    settled, asked already, nobody to stand in place of, too short a term) or CallerError.
    """
    with node.step() as step:
        return add_body_in(step, case_number, addition)


def add_body_in(step: Step, case_number: str, addition: Addition) -> PartRow:
    """Do what `add_body` does, inside a step."""
    officer = check_reason(addition.officer, "no officer is named", "say who adds the body (--officer)")
    expect_window(step.node)
    case = step.tx[Cases].get(case_number)
    if case is None:
        raise NotFound(
            "no case {case_number} here", remedy="`exchange status` lists the cases", case_number=case_number
        )
    matter, parts = matter_of(step.tx, case), step.tx[Cases].parts(case_number)
    ruled = completing(case, matter)
    _expect_open(case, ruled, parts)
    _expect_new(step, case, addition.department, parts)
    proposal = _proposal(step, case, ruled, parts, addition)
    reasons = _reasons(addition, proposal)
    stage, asked = case.stage, {part.department for part in parts if part.stage <= case.stage}
    place_of = approver_of(matter, proposal.department)
    approver = approver_added(matter, addition.department, place_of, stage, addition.days, asked)
    for part in parts:
        if part.substitute == approver.department:  # who is asked itself acts for nobody
            step.tx[Cases].note_substitute(case_number, part.department, None)
    step.tx[Cases].add_part(
        PartRow(
            case_number=case_number,
            department=approver.department,
            stage=stage,
            state=PartState.PLANNED,
            instead_of=proposal.department,
            added=approver.model_dump_json(),
        )
    )
    reopened = {"ready_at": None, "prepared": None, "rule_error": None}
    step.tx[Cases].move(case_number, {CaseState.OPEN, CaseState.READY}, CaseState.OPEN, **reopened)
    issue_added(step, case, matter_of(step.tx, case), approver, proposal.department)
    step.note(
        "body-added", case_number, None,
        department=approver.department, instead_of=proposal.department, by=officer, reasons=reasons,
    )  # fmt: skip
    Concluder().advance(step, case_number)
    return next(part for part in step.tx[Cases].parts(case_number) if part.department == approver.department)


def _expect_open(case: CaseRow, matter: Matter, parts: Sequence[PartRow]) -> None:
    if case.state not in (CaseState.OPEN, CaseState.READY):
        raise Conflict(
            "case {case_number} is {state}",
            remedy="a body is added before the decision",
            case_number=case.number,
            state=coded(CASE_STATES, case.state.value),
        )
    if is_met(matter, parts):
        raise Conflict(
            "case {case_number} can be decided without a further opinion: its quorum or a veto has settled it",
            remedy="decide",
            case_number=case.number,
        )
    if len(parts) >= MOST_PARTS:
        raise Conflict(
            "case {case_number} has {most} departments, the most that a decision can name",
            remedy="decide, with reasons for the one that is not competent",
            case_number=case.number,
            most=MOST_PARTS,
        )


def _expect_new(step: Step, case: CaseRow, department: str, parts: Sequence[PartRow]) -> None:
    present = next((part for part in parts if part.department == department), None)
    if present is not None and present.state is PartState.PLANNED:
        raise Conflict(
            "{department} is asked in stage {stage} of case {case_number}",
            remedy="wait: it is asked by itself once the earlier stages are over",
            department=department,
            stage=present.stage,
            case_number=case.number,
        )
    if present is not None:
        raise Conflict(
            "{department} has been asked in case {case_number} already",
            remedy="name another body; `exchange status {case_number}` shows who was asked",
            department=department,
            case_number=case.number,
        )
    if department == step.node.address:
        raise CallerError(
            "{department} leads the case and is not asked by itself",
            remedy="decide; or name the body that is competent",
            department=department,
        )
    step.node.expect((department,))
    if not step.node.has_role(department, Role.DEPARTMENT):
        raise CallerError(
            "{department} answers no consultations: it is no department",
            remedy="name one of: {departments}",
            departments=", ".join(one.address for one in step.node.directory.with_role(Role.DEPARTMENT)),
            department=department,
        )


def _proposal(step: Step, case: CaseRow, matter: Matter, parts: Sequence[PartRow], addition: Addition) -> Placement:
    """The department in whose place the body is to stand, and whom that has named."""
    wanted = addition.instead_of
    if wanted is not None and wanted not in unplaced(parts):
        raise Conflict(
            "{department} has not said in case {case_number} that it is not competent, or another stands in its place",
            remedy="`exchange status {case_number}` shows who said it",
            department=wanted,
            case_number=case.number,
        )
    open_places = to_place(case.state, matter, parts)
    if not open_places:
        raise Conflict(
            "nobody in case {case_number} has said that it is not competent and stands without another in its place",
            remedy="a body is added in place of one that says so, and names the right one",
            case_number=case.number,
        )
    found = proposals_of(step.tx, step.node, [part for part in parts if part.department in open_places])
    meant = [one for one in found if one.department == wanted] if wanted else found
    naming = [one for one in meant if one.body == addition.department]
    if len(meant) > 1 and len(naming) != 1:
        raise CallerError(
            "several departments are not competent: {departments}",
            remedy="say in whose place with --instead-of",
            departments=", ".join(one.department for one in meant),
        )
    return (naming or meant)[0]


def _reasons(addition: Addition, proposal: Placement) -> str:
    """Raises CallerError where another body is added than the one that was named, and nobody says why."""
    if proposal.body == addition.department:
        return addition.reasons.strip()
    return check_reason(addition.reasons, "another body is added than the one that was named", "say why (--reasons)")
