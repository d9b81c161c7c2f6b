"""What the authority above a department hears of it: that it has been reminded for the last time."""

from __future__ import annotations

from exchange.approval.superiors import is_above
from exchange.errors import Returned
from exchange.messaging.checks import expect, require_role
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Step
from exchange.schemas import Body, Reminder, Role


def handlers() -> dict[str, Handler]:
    """Return the message handlers of an authority that is itself asked for nothing."""
    return {Reminder.KIND: take_reminder}


def take_reminder(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in that a department below was reminded. Raises Returned where this is not the authority above it."""
    reminder = expect(body, Reminder)
    require_role(step, incoming, Role.MONITOR)
    if not is_above(step.node.address, reminder.department, step.node.directory):
        raise Returned(
            "{address} is not the authority above {department}",
            code="not-consulted",
            remedy="remind the department itself, its lead, and the authority that the directory names above it",
            address=step.node.address,
            department=reminder.department,
        )
    note_reminder(step, incoming, reminder)


def note_reminder(step: Step, incoming: Incoming, reminder: Reminder) -> None:
    """Record the reminder with its case, where `exchange show` finds it."""
    case, department = reminder.case_number, reminder.department
    step.note("reminded-below", case, incoming.message_id, department=department, stage=reminder.stage)
