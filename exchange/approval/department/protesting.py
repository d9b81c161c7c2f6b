"""Protesting: what a department is told of its part is held against its own record, and contested where it differs."""

from __future__ import annotations

from datetime import datetime

from exchange.approval.department.consulted import FROM_BACKUP
from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import term_of
from exchange.approval.rules.protest import OwnRecord, ground_against, is_as_given
from exchange.audit import verify_receipt
from exchange.envelope.document import parse_body, payload_of
from exchange.errors import NotFound, SenderError
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step
from exchange.messaging.outbox import Outbox
from exchange.messaging.receipts import proven_copies
from exchange.messaging.records import OutboxState
from exchange.schemas import Considered, Opinion, Protest, ProtestGround, Verdict
from exchange.store.transaction import Transaction

PROTESTED = "protested"
"""What the journal calls a protest of this department."""


def contest(step: Step, incoming: Incoming, case_number: str, said: Considered | None, at: datetime) -> str | None:
    """Protest to the window against what it says of this department, or that it says nothing of it.

    Returns the message id; None for no protest.
    """
    row = step.tx[DepartmentDesk].get(case_number)
    if row is None:
        return None
    try:
        if said is not None and _is_as_given(step, row, said):
            return None
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
    step.note(PROTESTED, case_number, message_id, ground=ground.value, contested=incoming.message_id)
    return message_id


def last_protest(tx: Transaction, case_number: str) -> tuple[str | None, ProtestGround | None]:
    """Return the message id of this department's last protest in a case, and its ground."""
    made = [entry for entry in tx.journal_of(case_number) if entry.event == PROTESTED]
    return (made[-1].message_id, ProtestGround(made[-1].detail["ground"])) if made else (None, None)


def _is_as_given(step: Step, row: DeskRow, said: Considered) -> bool:
    """What is said is mostly what was given, and then nobody has to know how the term stands. Raises as below."""
    if row.opinion_id is None or said.message_id != row.opinion_id:
        return False
    return is_as_given(said, row.opinion_id, _verdict(step, row.opinion_id))


def _own_record(step: Step, row: DeskRow) -> OwnRecord:
    """Raises NotFound or SenderError where the documents do not tell."""
    term = term_of(step.node, step.tx, row)
    if row.opinion_id is None:
        return OwnRecord(term.due_at, term.provisional)
    sent_back = any(copy.state is OutboxState.RETURNED for copy in step.tx[Outbox].rows(row.opinion_id))
    if row.recall_id is not None:  # whether the window has taken that is not known here yet
        return OwnRecord(term.due_at, term.provisional, row.opinion_id, sent_back=True)
    for copy, proof in proven_copies(step.tx, row.opinion_id):
        if proof is not None and copy.state is OutboxState.DELIVERED:
            arrived = verify_receipt(proof, step.node.directory).arrived_at
            given = row.opinion_id
            return OwnRecord(term.due_at, term.provisional, given, given, _verdict(step, given), arrived)
    return OwnRecord(term.due_at, term.provisional, row.opinion_id, sent_back=sent_back)


def _verdict(step: Step, opinion_id: str) -> Verdict:
    """Raises NotFound or SenderError where its own opinion is not on record, or cannot be read."""
    stored = step.tx[Documents].get(step.node.address, opinion_id)
    if stored is None:
        raise NotFound("the opinion's document is not on record", remedy=FROM_BACKUP)
    return parse_body(Opinion, payload_of(stored.signed)).verdict
