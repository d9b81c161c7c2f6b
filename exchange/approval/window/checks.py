"""Checks on messages about a case."""

from __future__ import annotations

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.window.store import Cases
from exchange.errors import Returned
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step


def part_of(step: Step, case_number: str, department: str) -> tuple[CaseRow, PartRow]:
    """Return a case and a department's part in it. Raises Returned where one is not on record."""
    case = step.tx[Cases].get(case_number)
    if case is None:
        raise Returned(
            "no case {case_number} at {address}",
            code="unknown-case",
            remedy="check the number",
            case_number=case_number,
            address=step.node.address,
        )
    part = step.tx[Cases].part(case_number, department)
    if part is None:
        raise Returned(
            "{department} is not consulted in case {case_number}",
            code="not-consulted",
            remedy="nothing is to be done; compare the case number",
            department=department,
            case_number=case_number,
        )
    return case, part


def own_part(incoming: Incoming, case: CaseRow, part: PartRow, answered: str) -> None:
    """Raise Returned unless a department speaks of its own part, and of the consultation or clearance put to it."""
    if incoming.sender != part.department:
        raise Returned(
            "{sender} cannot speak for {department}",
            code="not-yours",
            remedy="each department sends its own opinion under its own identity; a substitute names its substitution",
            sender=incoming.sender,
            department=part.department,
        )
    check_request(case, part, answered)


def check_request(case: CaseRow, part: PartRow, answered: str) -> None:
    """Raise Returned unless a message answers the consultation or clearance that was put to a department."""
    if answered not in (part.consultation_id, part.clearance_id):
        raise Returned(
            "case {number} was not put to you by this consultation",
            code="wrong-consultation",
            remedy="answer the consultation that lies on your desk",
            number=case.number,
        )
