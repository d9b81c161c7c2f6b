"""Checks on messages about a case."""

from __future__ import annotations

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.window.store import Cases
from exchange.errors import Returned
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
