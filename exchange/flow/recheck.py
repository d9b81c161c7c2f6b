"""Recheck: a deemed consent examined again, by anyone, from its signed bytes and the directory alone."""

from __future__ import annotations

from exchange.audit import verify_receipt
from exchange.envelope import Trust, verify_signed
from exchange.errors import Forged, Malformed
from exchange.flow.receipts import proof_digest
from exchange.rules.calendar import WorkingCalendar
from exchange.rules.deadline import project
from exchange.rules.defaults import reminders_of
from exchange.schemas import DeemedConsent


def recheck_deemed(signed: bytes, trust: Trust, calendar: WorkingCalendar) -> DeemedConsent:
    """The deemed consent, once signature, receipt, due moment and reminders hold.

    Raises Malformed, Unsupported, Untrusted or Forged, naming what does not verify.
    """
    deemed = verify_signed(signed, trust).body
    evidence = deemed.state.evidence if isinstance(deemed, DeemedConsent) else None
    if not isinstance(deemed, DeemedConsent) or evidence is None:
        raise Malformed("not a deemed consent with the department's receipt")
    state = deemed.state
    receipt = verify_receipt(evidence, trust)
    if receipt.receiver != state.department or receipt.message_id != state.consultation_id:
        raise Forged("the receipt is for another request")
    if proof_digest(evidence) != deemed.receipt_digest:
        raise Forged("the receipt is not the one that is cited")
    projection = project(state, calendar)
    if projection.due_at != deemed.due_at:
        raise Forged("the due moment does not follow from the ledger by {version}", version=calendar.version)
    if not reminders_of(projection, deemed.reminders):
        raise Forged("no reminder went out within the term")
    return deemed
