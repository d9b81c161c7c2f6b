"""Until when a licence stands in the public register (行政许可和行政处罚等信用信息公示, seven working days). Pure."""

from __future__ import annotations

from datetime import datetime

from exchange.clock import CST
from exchange.workdays import WorkingCalendar, add_working_days, end_of_day

PUBLISHED_WITHIN = 7
"""Working days from the decision."""


def publish_by(decided_at: datetime, calendar: WorkingCalendar) -> tuple[datetime, bool]:
    """Return until when it is to be published, and whether that lies beyond the published calendar."""
    last, provisional = add_working_days(calendar, decided_at.astimezone(CST).date(), PUBLISHED_WITHIN)
    return end_of_day(last), provisional
