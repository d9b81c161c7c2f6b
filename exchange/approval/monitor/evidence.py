"""What a monitor can prove of a department: that it signed for the request, and for a reminder within its term."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.approval.proof import check_reminder, check_request, with_proof
from exchange.errors import SenderError
from exchange.messaging.node import Step
from exchange.schemas import DeadlineState, SentReminder


def proved_reminders(step: Step, state: DeadlineState, sent: Sequence[SentReminder]) -> list[SentReminder]:
    """Return the reminders that the department has signed for within its term, each with the proof."""
    found: list[SentReminder] = []
    for reminder in sent:
        try:
            proved = with_proof(step.tx, step.node.address, state.department, reminder)
            check_reminder(state, proved, step.node.directory, step.node.calendar)
        except SenderError:
            continue
        found.append(proved)
    return found


def evidence_faults(step: Step, state: DeadlineState) -> list[str]:
    """Return what is wrong with the department's receipt for the request; that there is none is told elsewhere."""
    if state.evidence is None:
        return []
    try:
        check_request(state, state.evidence, step.node.directory)
    except SenderError as error:
        return [f"the department's receipt does not verify: {error}"]
    return []
