"""What a department hears of its own term: its monitor's reminders, and its window's amendments."""

from __future__ import annotations

from exchange.approval.department.above import note_reminder, take_ordered
from exchange.approval.department.put import expect_come, expect_put
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import expect_permitted
from exchange.approval.rules.states import DeskState
from exchange.approval.superiors import is_above
from exchange.directory.substitutes import acts_for
from exchange.errors import Returned
from exchange.messaging.checks import expect, require_role
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Step
from exchange.schemas import Body, Reminder, Role, TermNotice


def handlers() -> dict[str, Handler]:
    """Return the message handlers of a department for what it hears of its terms."""
    return {Reminder.KIND: take_reminder, TermNotice.KIND: take_term}


def take_reminder(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in a monitor's reminder; a reminder stage seen before changes nothing.

    The term on the desk stays what request, receipt and the window's notices make it: a monitor reminds of it and
    moves it neither way. What reminds of no request on this desk is returned: the receipt that is signed here proves
    that the department was reminded.
    """
    reminder = expect(body, Reminder)
    require_role(step, incoming, Role.MONITOR)
    here, of = step.node.address, reminder.department
    if is_above(here, of, step.node.directory) or acts_for(step.node.directory.directory, here, of, step.now):
        note_reminder(step, incoming, reminder)
        _remind(step, reminder, of)
        return
    row = step.tx[DepartmentDesk].get(reminder.case_number)
    asked = row is not None and row.consultation_id == reminder.consultation_id
    if row is None or not asked or of != here:
        expect_come(step, incoming, reminder.case_number, reminder.consultation_id)
        raise Returned(
            "no request of {number} as it is reminded of lies on the desk of {address}",
            code="not-consulted",
            remedy="remind the department of the consultation that was put to it",
            number=reminder.case_number,
            address=step.node.address,
        )
    _remind(step, reminder, None)


def _remind(step: Step, reminder: Reminder, acting_for: str | None) -> None:
    row = step.tx[DepartmentDesk].get(reminder.case_number)
    if row is None or row.consultation_id != reminder.consultation_id or row.acts_for != acting_for:
        return
    if row.state is DeskState.WAITING and row.reminded < reminder.stage:
        step.tx[DepartmentDesk].move(
            reminder.case_number, {DeskState.WAITING}, DeskState.WAITING, reminded=reminder.stage
        )


def take_term(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in the window's amendment of the department's term; the notice itself is kept as it came.

    The department is reminded anew of the new end. What it has ordered of another's term, or was refused, moves nothing
    here. Raises Returned for what its consultation does not allow.
    """
    notice = expect(body, TermNotice)
    row = step.tx[DepartmentDesk].get(notice.case_number)
    of = row.acts_for if row is not None and row.acts_for is not None else step.node.address
    if row is None and notice.refused is None and notice.entry.actor != step.node.address:
        expect_come(step, incoming, notice.case_number, notice.consultation_id)
    if notice.department != of or notice.refused is not None:
        take_ordered(step, incoming, notice)
    else:
        expect_put(step, incoming, notice.case_number, notice.consultation_id)
        if row is not None and row.acts_for is None:
            expect_permitted(step, row, notice)
        moved = {"due_at": notice.due_at, "reminded": 0}
        step.tx[DepartmentDesk].move(notice.case_number, {DeskState.WAITING}, DeskState.WAITING, **moved)
