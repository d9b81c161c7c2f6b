"""A substitute's desk: what it answers in another department's name; and what that department hears of it."""

from __future__ import annotations

from datetime import datetime

from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.rules.states import DeskState
from exchange.directory.substitutes import acted_for, substitutes_of
from exchange.errors import Conflict, Returned
from exchange.messaging.documents import Documents
from exchange.messaging.node import Step
from exchange.schemas import CaseClosed, Opinion


def expect_not_asked_itself(step: Step, copied: DeskRow) -> None:
    """Raise Returned for a copy of another department's request in a case in which this one is asked itself."""
    present = step.tx[DepartmentDesk].get(copied.case_number)
    if present is not None and present.acts_for is None:
        raise Returned(
            "{address} is asked in case {number} itself, and has one voice in it",
            code="not-yours",
            remedy="put the case to {department} alone",
            address=step.node.address,
            number=copied.case_number,
            department=copied.acts_for or "",
        )


def in_its_name(step: Step, row: DeskRow, department: str, opinion: Opinion) -> Opinion:
    """Return an opinion as it is signed for a department, by the entry of the directory that lets this member act.

    Raises Conflict where none does now.
    """
    found = substitutes_of(step.node.directory.directory, department, row.matter, step.now)
    serial = next((one.serial for one in found if one.substitute == step.node.address), None)
    if serial is None:
        raise Conflict(
            "{address} does not act for {department} now",
            remedy="`exchange substitute list` shows who acts for whom, until when",
            address=step.node.address,
            department=department,
        )
    named = {"department": department, "consultation_id": row.consultation_id, "substitution": serial}
    return opinion.model_copy(update=named)


def was_given(step: Step, case_number: str, by: str, at: datetime) -> bool:
    """Return whether a substitute may have answered in this department's name by then, and it has not itself."""
    row = step.tx[DepartmentDesk].get(case_number)
    if row is None or not acted_for(step.node.directory.directory, by, step.node.address, row.matter, at):
        return False
    return row.opinion_id is None or step.tx[Documents].get(step.node.address, row.opinion_id) is None


def take_given(step: Step, closed: CaseClosed, by: str) -> None:
    """Take in that a substitute has answered in this department's name: its opinion is the department's own now.

    Raises Returned where the directory has let nobody of that name act.
    """
    row = step.tx[DepartmentDesk].get(closed.case_number)
    if row is None:
        return
    if not acted_for(step.node.directory.directory, by, step.node.address, row.matter, closed.at):
        raise Returned(
            "{by} does not act for {department} in case {number}",
            code="not-yours",
            remedy="name the opinion of the department itself, or of a substitute that the directory names",
            by=by,
            department=step.node.address,
            number=closed.case_number,
        )
    step.tx[DepartmentDesk].move(
        closed.case_number, {DeskState.WAITING}, DeskState.ANSWERED, opinion_id=closed.opinion_id, answered_at=step.now
    )
    step.note("answered-for-us", closed.case_number, closed.opinion_id, by=by)
