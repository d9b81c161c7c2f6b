"""What a deemed consent cites, held against what the window itself has on record."""

from __future__ import annotations

import hashlib

from exchange.approval.proof import check_reminder, check_request
from exchange.errors import Returned, SenderError
from exchange.messaging.documents import Documents
from exchange.messaging.node import Step
from exchange.messaging.receipts import proof_digest
from exchange.schemas import DeadlineState, DeemedConsent, SentReminder

_EVIDENCE = "cite the receipt that the department signed for this very consultation"
_REMINDED = "carry each reminder as it was signed, with the receipt that the department signed for it within the term"


def check_evidence(step: Step, deemed: DeemedConsent) -> None:
    """Raise Returned unless the department's receipts verify and are for what the window itself has on record."""
    state, evidence = deemed.state, deemed.state.evidence
    if evidence is None or proof_digest(evidence) != deemed.receipt_digest:
        raise Returned("no proof that the department had the request", code="no-evidence", remedy=_EVIDENCE)
    try:
        receipt = check_request(state, evidence, step.node.directory)
    except SenderError as error:
        raise Returned(
            "the department's receipt does not verify: {error}", code="no-evidence", remedy=_EVIDENCE, error=error
        ) from error
    asked = step.tx[Documents].get(step.node.address, state.consultation_id)
    if asked is not None and receipt.digest != hashlib.sha256(asked.signed).hexdigest():
        raise Returned("the receipt is for another request", code="no-evidence", remedy=_EVIDENCE)
    for reminder in deemed.reminders:
        _check_reminder(step, state, reminder)


def _check_reminder(step: Step, state: DeadlineState, reminder: SentReminder) -> None:
    try:
        monitor = check_reminder(state, reminder, step.node.directory, step.node.calendar)
    except SenderError as error:
        raise Returned(
            "a reminder is not proved: {error}", code="no-evidence", remedy=_REMINDED, error=error
        ) from error
    came = step.tx[Documents].get(monitor, reminder.message_id)
    if came is not None and reminder.proof is not None and reminder.proof.signed != came.signed:
        raise Returned("the reminder is not the one that came to the window", code="no-evidence", remedy=_REMINDED)
