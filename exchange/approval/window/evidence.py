"""What a deemed consent cites, held against what the window itself has on record."""

from __future__ import annotations

import hashlib
from datetime import datetime

from exchange.approval.named_calendar import check_due, named_calendar
from exchange.approval.proof import check_reminder, check_request
from exchange.errors import Returned, SenderError
from exchange.messaging.documents import Documents
from exchange.messaging.node import Step
from exchange.messaging.receipts import proof_digest
from exchange.schemas import DeadlineState, DeemedConsent, SentReminder
from exchange.workdays import WorkingCalendar

_EVIDENCE = "cite the receipt that the department signed for this very consultation"
_RECKONED = "carry the published calendars by which it was reckoned, as their authorities signed them"
_REMINDED = "carry each reminder as it was signed, with the receipt that the department signed for it within the term"


def check_evidence(step: Step, deemed: DeemedConsent, signed_at: datetime) -> None:
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
    calendar = _calendar(step, deemed, signed_at)
    for reminder in deemed.reminders:
        _check_reminder(step, state, reminder, calendar)


def _calendar(step: Step, deemed: DeemedConsent, signed_at: datetime) -> WorkingCalendar:
    """The calendar that it names, by which it must be provable later as it is now."""
    present = step.node.calendar
    try:
        named = named_calendar(deemed, signed_at, step.node.directory, present)
        check_due(deemed, named, present)
    except SenderError as error:
        raise Returned(
            "the due moment is not proved: {error}", code="no-evidence", remedy=_RECKONED, error=error
        ) from error
    return named


def _check_reminder(step: Step, state: DeadlineState, reminder: SentReminder, calendar: WorkingCalendar) -> None:
    try:
        monitor = check_reminder(state, reminder, step.node.directory, calendar)
    except SenderError as error:
        raise Returned(
            "a reminder is not proved: {error}", code="no-evidence", remedy=_REMINDED, error=error
        ) from error
    came = step.tx[Documents].get(monitor, reminder.message_id)
    if came is not None and reminder.proof is not None and reminder.proof.signed != came.signed:
        raise Returned("the reminder is not the one that came to the window", code="no-evidence", remedy=_REMINDED)
