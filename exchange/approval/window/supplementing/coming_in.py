"""What an applicant hands in answers requests that were passed on to it: which ones, by the papers."""

from __future__ import annotations

from exchange.approval.filings.application import application_of
from exchange.approval.filings.records import FilingRow
from exchange.approval.rules.course.supplement_states import SupplementState
from exchange.approval.rules.states import CaseState
from exchange.approval.supplements.records import SupplementRow
from exchange.approval.supplements.store import SupplementRequests
from exchange.approval.supplements.wanted import request_of
from exchange.approval.window.store import Cases
from exchange.catalogue.brought import brings
from exchange.messaging.node import Step
from exchange.schemas import Application


def answered_by(step: Step, row: FilingRow, supplement: Application) -> tuple[SupplementRow, ...]:
    """Return the requests of an undecided case of which a supplement brings something."""
    case = step.tx[Cases].get(row.case_number or "")
    if case is None or case.state not in (CaseState.OPEN, CaseState.READY):
        return ()
    asked = step.tx[SupplementRequests].of_case(step.node.address, case.number)
    passed_on = [one for one in asked if one.state is SupplementState.PASSED_ON]
    if not passed_on:
        return ()
    before, _ = application_of(step.tx, row)
    return tuple(one for one in passed_on if brings(request_of(step.tx, one).wanted, before, supplement))


def come_in(step: Step, asked: tuple[SupplementRow, ...], paper_id: str) -> None:
    """Note that what was asked for has come in, by this paper."""
    for row in asked:
        step.tx[SupplementRequests].move(row, SupplementState.COME_IN, paper_id=paper_id, came_at=step.now)
        step.note("supplement-come-in", row.case_number, paper_id, department=row.department)
