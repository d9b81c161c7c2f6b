"""Rungs of a term: shares of its working days at which those who have not answered are reminded (催办)."""

from __future__ import annotations

from datetime import date

from exchange.rules.calendar import WorkingCalendar, working_days_between

RUNGS = (50, 90)
"""Percent of the term."""


def rung_on(calendar: WorkingCalendar, begun: date, due: date, today: date) -> int:
    """The highest rung that a term from ``begun`` to the end of ``due`` has reached on a day; 0 before the first.

    Rungs that were missed collapse into the latest. A term with no working day in it has no rungs.
    """
    term, _ = working_days_between(calendar, begun, due)
    passed, _ = working_days_between(calendar, begun, min(today, due))
    if term == 0:
        return 0
    return max((rung for rung in RUNGS if passed * 100 >= rung * term), default=0)
