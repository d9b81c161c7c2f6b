"""Reminder stages of a term: shares of its working days at which those who have not answered are reminded (催办)."""

from __future__ import annotations

from datetime import date

from exchange.workdays import WorkingCalendar, working_days_between

STAGES = (50, 90)
"""Percent of the term."""


def stage_on(calendar: WorkingCalendar, begun: date, due: date, today: date) -> int:
    """Return the highest stage that a term from ``begun`` to the end of ``due`` has reached on a day; 0 if none.

    Stages that were missed collapse into the latest. A term with no working day in it has no stages.
    """
    term, _ = working_days_between(calendar, begun, due)
    passed, _ = working_days_between(calendar, begun, min(today, due))
    if term == 0:
        return 0
    return max((stage for stage in STAGES if passed * 100 >= stage * term), default=0)
