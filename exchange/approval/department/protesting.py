"""Protesting: what a department is told of its part is held against its own record, and contested where it differs."""

from __future__ import annotations

from datetime import datetime

from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import term_of
from exchange.approval.rules.protest import OwnRecord, ground_against
from exchange.audit import verify_receipt
from exchange.errors import NotFound, SenderError
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step
from exchange.messaging.outbox import Outbox
from exchange.messaging.receipts import proven_copies
from exchange.messaging.records import OutboxState
from exchange.schemas import Considered, Protest


def contest(step: Step, incoming: Incoming, case_number: str, said: Considered, at: datetime) -> str | None:
    """Protest to the window against what it says of this department; returns the message id, None for no protest."""
    row = step.tx[DepartmentDesk].get(case_number)
    if row is None:
        return None
    try:
        own = _own_record(step, row)
    except (NotFound, SenderError):
        return None  # its own record does not tell, so nothing is held against anybody
    ground = ground_against(own, said, at)
    if ground is None:
        return None
    protest = Protest(
        case_number=case_number,
        department=step.node.address,
        contested=incoming.message_id,
        ground=ground,
        due_at=own.due_at,
        opinion_id=own.opinion_id,
        at=step.now,
    )
    conversation = incoming.opened.header.conversation_id
    message_id = step.send(protest, (row.window,), conversation_id=conversation, in_reply_to=incoming.message_id)
    step.note("protested", case_number, message_id, ground=ground.value, contested=incoming.message_id)
    return message_id


def _own_record(step: Step, row: DeskRow) -> OwnRecord:
    """Raises NotFound or SenderError where the documents do not tell."""
    term = term_of(step.node, step.tx, row)
    if row.opinion_id is None:
        return OwnRecord(term.due_at, term.provisional)
    sent_back = any(copy.state is OutboxState.RETURNED for copy in step.tx[Outbox].rows(row.opinion_id))
    for copy, proof in proven_copies(step.tx, row.opinion_id):
        if proof is not None and copy.state is OutboxState.DELIVERED:
            arrived = verify_receipt(proof, step.node.directory).arrived_at
            return OwnRecord(term.due_at, term.provisional, row.opinion_id, arrived)
    return OwnRecord(term.due_at, term.provisional, sent_back=sent_back)
