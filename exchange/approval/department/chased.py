"""A department is reminded by its window's hand: it is shown with the case, and moves nothing."""

from __future__ import annotations

from exchange.approval.department.put import expect_put
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.rules.states import DeskState
from exchange.errors import Returned
from exchange.messaging.checks import expect, require_role
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Step
from exchange.schemas import Body, Chase, Role


def handlers() -> dict[str, Handler]:
    """Return the message handler of a department for what its window presses it for."""
    return {Chase.KIND: take_chase}


def take_chase(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in that the window presses for an answer; one that has crossed it changes nothing.

    Raises Returned for what reminds of no request on this desk.
    """
    chase = expect(body, Chase)
    require_role(step, incoming, Role.WINDOW)
    expect_put(step, incoming, chase.case_number, chase.consultation_id)
    row = step.tx[DepartmentDesk].get(chase.case_number)
    asked = row is not None and row.consultation_id == chase.consultation_id
    if row is None or not asked or chase.department != (row.acts_for or step.node.address):
        raise Returned(
            "no request of {number} as it is reminded of lies on the desk of {address}",
            code="not-consulted",
            remedy="remind the department of the consultation that was put to it",
            number=chase.case_number,
            address=step.node.address,
        )
    step.tx[DepartmentDesk].move(chase.case_number, {DeskState.WAITING}, DeskState.WAITING, chased_at=step.now)
    step.note("chased", chase.case_number, incoming.message_id, officer=chase.officer)
