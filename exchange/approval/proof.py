"""What a deemed consent rests on, proved by signatures: the department signed for the request, and for a reminder."""

from __future__ import annotations

import hashlib

from exchange.approval.rules.deadline import project
from exchange.approval.rules.reminders.reminded import is_named_rightly, is_share_passed, terms_known_at
from exchange.audit import verify_receipt
from exchange.directory import Lookup
from exchange.directory.addressing import home_of
from exchange.envelope import Verified, verify_signed
from exchange.errors import Forged, Malformed, Untrusted
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.messaging.receipts import receipt_proof
from exchange.schemas import (
    DeadlineState,
    Receipt,
    ReceiptOutcome,
    ReceiptProof,
    Reminder,
    ReminderProof,
    Role,
    SentReminder,
)
from exchange.store.transaction import Transaction
from exchange.workdays import WorkingCalendar


def require_monitor(address: str, state: DeadlineState, directory: Lookup) -> None:
    """Raise Untrusted unless somebody is a monitor of the domain that a deadline is of."""
    is_monitor = Role.MONITOR in directory.member(address).roles
    if not is_monitor or home_of(address) != home_of(state.lead):
        raise Untrusted("{sender} signed it, and is not a monitor", sender=address)


def check_request(state: DeadlineState, evidence: ReceiptProof, directory: Lookup) -> Receipt:
    """Return the department's receipt for the request that a deadline is of. Raises SenderError where it is none."""
    receipt = verify_receipt(evidence, directory)
    asked = (state.department, state.lead, state.consultation_id)
    if (receipt.receiver, receipt.sender, receipt.message_id) != asked:
        raise Forged("the receipt is for another request")
    if receipt.outcome is not ReceiptOutcome.ACCEPTED:
        raise Forged("the department returned the request")
    return receipt


def check_reminder(state: DeadlineState, sent: SentReminder, directory: Lookup, calendar: WorkingCalendar) -> str:
    """Check that a department was reminded of its term while it ran, and signed for that before the end.

    Returns the address of the monitor that reminded it.

    Raises Malformed, Unsupported, Untrusted or Forged, naming what does not hold.
    """
    if sent.proof is None:
        raise Untrusted(
            "the reminder {message_id} rests on the monitor's word alone: no receipt of the department is with it",
            message_id=sent.message_id,
        )
    verified = verify_signed(sent.proof.signed, directory)
    require_monitor(verified.header.sender, state, directory)
    _check_words(state, sent, verified, calendar)
    receipt = verify_receipt(sent.proof.receipt, directory)
    reminded = (state.department, verified.header.sender, sent.message_id)
    if (receipt.receiver, receipt.sender, receipt.message_id) != reminded:
        raise Forged("the receipt is for another reminder")
    if receipt.outcome is not ReceiptOutcome.ACCEPTED:
        raise Forged("the department returned the reminder")
    if receipt.digest != hashlib.sha256(sent.proof.signed).hexdigest():
        raise Forged("the receipt is for other words than those of the reminder")
    due_at = project(state, calendar).due_at
    if due_at is None or receipt.signed_for_at > due_at:
        raise Forged("the department signed for the reminder after the end of its term")
    return verified.header.sender


def _check_words(state: DeadlineState, sent: SentReminder, verified: Verified, calendar: WorkingCalendar) -> None:
    body, header, began = verified.body, verified.header, project(state, calendar).started_at
    if not isinstance(body, Reminder) or began is None:
        raise Malformed("what is cited as a reminder is none")
    said = (body.case_number, body.department, body.consultation_id, body.stage, header.created_at)
    cited = (state.case_number, state.department, state.consultation_id, sent.stage, sent.at)
    named = is_named_rightly(state, body, sent.message_id, began)
    if said != cited or {header.message_id, header.conversation_id} != {sent.message_id} or not named:
        raise Forged("the reminder is of another request, term or stage")
    if state.department not in header.addressees:
        raise Forged("the reminder was not sent to the department")
    terms = terms_known_at(state, body, sent.at, calendar)
    if not terms:
        raise Forged("the reminder says another end of the term")
    if not is_share_passed(terms, body, sent.at, calendar):
        raise Forged("the reminder was sent before its share of the term had passed")


def with_proof(tx: Transaction, monitor: str, department: str, sent: SentReminder) -> SentReminder:
    """Return a reminder of a monitor's own with its proof; as it is while the department has not signed for it."""
    stored = tx[Documents].get(monitor, sent.message_id)
    for row in tx[Outbox].rows(sent.message_id):
        if stored and row.addressee == department and row.receipt_id is not None and row.receipt_index is not None:
            receipt = receipt_proof(tx, department, row.receipt_id, row.receipt_index)
            return sent.model_copy(update={"proof": ReminderProof(signed=stored.signed, receipt=receipt)})
    return sent
