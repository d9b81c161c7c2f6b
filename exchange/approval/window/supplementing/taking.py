"""A department's request for a supplement comes in: it waits for an officer, and moves no clock."""

from __future__ import annotations

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.course.supplement_states import SupplementState
from exchange.approval.rules.course.supplements import AskingFacts, NotNow, why_not_asked
from exchange.approval.rules.deadline import project
from exchange.approval.rules.states import BY_SILENCE, CaseState, PartState
from exchange.approval.supplements.records import SupplementRow
from exchange.approval.supplements.store import SupplementRequests
from exchange.approval.window.checks import own_part, part_of
from exchange.approval.window.deadlines import approver_of, deadline_state, matter_of
from exchange.approval.window.store import Cases
from exchange.errors import Returned
from exchange.messaging.checks import expect
from exchange.messaging.failing.apart import each_together
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.schemas import Body, SupplementRequest
from exchange.store.transaction import Transaction

WORK = "requests for supplements"
"""What this work is called where it fails."""
_AT_ONCE = 100


def handlers() -> dict[str, Handler]:
    """Return the message handler of a window for what departments ask of applicants."""
    return {SupplementRequest.KIND: take_request}


def take_request(step: Step, incoming: Incoming, body: Body) -> None:
    """Put a request before the window's officers. Raises Returned for a second one, and for one out of its time."""
    request = expect(body, SupplementRequest)
    case, part = part_of(step, request.case_number, request.department)
    own_part(incoming, case, part, request.consultation_id)
    incoming = incoming.having_arrived(incoming.arrival.not_before(part.issued_at))
    former = step.tx[SupplementRequests].get(step.node.address, case.number, part.department)
    refused = _refused(step, case, part, incoming, asked=former is not None)
    if refused is not None:
        raise Returned(refused.why, code=refused.code, remedy=refused.remedy)
    listed = {one.code for one in matter_of(step.tx, case).materials}
    unknown = [one.material for one in request.wanted if one.material is not None and one.material not in listed]
    if unknown:
        raise Returned(
            "the matter lists no material {material}",
            code="unknown-material",
            remedy="choose one of: {listed}",
            material=unknown[0],
            listed=", ".join(sorted(listed)),
        )
    asked, at = SupplementState.ASKED, incoming.arrival.earliest
    step.tx[SupplementRequests].add(
        SupplementRow(step.node.address, case.number, part.department, asked, incoming.message_id, at)
    )
    step.note("supplement-asked", case.number, incoming.message_id, department=part.department)


def _refused(step: Step, case: CaseRow, part: PartRow, incoming: Incoming, *, asked: bool) -> NotNow | None:
    matter, entries = matter_of(step.tx, case), step.tx[Cases].ledger(case.number, part.department)
    due_at = project(deadline_state(step.node, case, part, matter, entries, None), step.node.calendar).due_at
    late = due_at is not None and incoming.arrival.earliest > due_at
    clearing = bool(approver_of(matter, part.department).after) and part.clearance_id is None
    return why_not_asked(
        AskingFacts(
            asked=asked,
            closed=case.state not in (CaseState.OPEN, CaseState.READY) or part.state is PartState.MOOT,
            answered=part.state is PartState.ANSWERED,
            waiting=part.state is PartState.PLANNED or clearing,
            over=late or part.state in BY_SILENCE or part.state is PartState.ESCALATED,
        )
    )


def tidy(node: Node) -> int:
    """Let go of requests of which nothing was said before their case was over; returns how many."""
    return len(each_together(node, WORK, _overtaken, _lapse, _AT_ONCE))


def _overtaken(tx: Transaction, limit: int) -> list[tuple[str, SupplementRow]]:
    found = tx[SupplementRequests].overtaken(limit)
    return [(f"{row.case_number} {row.department}", row) for row in found]


def _lapse(step: Step, row: SupplementRow) -> None:
    step.tx[SupplementRequests].move(row, SupplementState.LAPSED)
    step.note("supplement-lapsed", row.case_number, row.request_id, department=row.department)
