"""Whether a department has been told, in a signed message that it signed for, how its term stands."""

from __future__ import annotations

from datetime import datetime

from exchange.approval.rules.amendments import owed_notices
from exchange.messaging.documents import Documents
from exchange.messaging.node import Step
from exchange.messaging.outbox import Outbox
from exchange.messaging.receipts import read_receipt, receipt_proof
from exchange.messaging.records import OutboxState
from exchange.schemas import DeadlineState, LedgerEntry


def was_told(step: Step, state: DeadlineState, due_at: datetime) -> bool:
    """Return whether nothing has brought the end nearer, or the department signed for a notice of it in time.

    What it has ordered itself, it knows.
    """
    owed = owed_notices(state, step.node.calendar)
    return not owed or any(_knows(step, state.department, entry, due_at) for entry in owed)


def _knows(step: Step, department: str, entry: LedgerEntry, due_at: datetime) -> bool:
    if entry.notice is None:
        return False
    if step.tx[Documents].get(department, entry.notice) is not None:
        return True
    for copy in step.tx[Outbox].rows(entry.notice):
        if copy.addressee == department and copy.state is OutboxState.DELIVERED and copy.receipt_id is not None:
            proof = receipt_proof(step.tx, department, copy.receipt_id, copy.receipt_index or 0)
            return read_receipt(proof.receipt).signed_for_at <= due_at
    return False
