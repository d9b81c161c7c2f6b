"""Until when what was granted is handed out: ten working days from the decision (Administrative License Law, 44)."""

from __future__ import annotations

from datetime import datetime

from exchange.approval.rules.acceptance.term import TellBy
from exchange.clock import CST
from exchange.schemas import Outcome
from exchange.workdays import WorkingCalendar, add_working_days, end_of_day

DELIVERY_DAYS = 10
"""Working days."""


def deliver_by(outcome: Outcome, decided_at: datetime, calendar: WorkingCalendar) -> TellBy | None:
    """Derive until when a licence is handed out; None where nothing was granted."""
    if outcome is Outcome.REFUSE:
        return None
    last, provisional = add_working_days(calendar, decided_at.astimezone(CST).date(), DELIVERY_DAYS)
    return TellBy(end_of_day(last), provisional)
