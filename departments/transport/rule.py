"""交通运输局: works in a road are looked at on the spot, by an officer; the rest raises no objection."""

from __future__ import annotations

from datetime import date

from exchange import Department, working_days_open
from exchange.schemas import Consultation, Opinion

TRANSPORT = Department("hefei.transport", "行政许可处")


def decide(consultation: Consultation, today: date) -> Opinion | None:
    """Leaves the occupation of roads to an officer, or to the rule on silence; advertisements take a day."""
    if consultation.matter == "road-occupation":
        return None
    if consultation.matter == "outdoor-advertising" and working_days_open(consultation, today) < 1:
        return None
    return TRANSPORT.agree(consultation, today, "对公共交通运行无重大影响")
