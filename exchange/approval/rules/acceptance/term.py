"""Within five working days the applicant is told, once, everything that is missing; or its filing counts as accepted.

Administrative License Law, article 32(4). The day of receipt is not counted, and the term ends with the fifth working
day, at 24:00. A day beyond the published calendar makes it provisional: then nothing arises by law.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exchange.clock import CST
from exchange.schemas import Matter, Promised
from exchange.workdays import WorkingCalendar, add_working_days, end_of_day

TELL_DAYS = 5
"""Working days."""
SHORTEST = timedelta(days=TELL_DAYS)
"""No five working days are over sooner."""


@dataclass(frozen=True)
class TellBy:
    """Until when the applicant must be told, and whether the calendar may still move that."""

    at: datetime
    provisional: bool


def tell_by(received: datetime, calendar: WorkingCalendar) -> TellBy:
    """Derive until when the applicant of what was received then must be told what is missing."""
    last, provisional = add_working_days(calendar, received.astimezone(CST).date(), TELL_DAYS)
    return TellBy(end_of_day(last), provisional)


def is_accepted_by_law(received: datetime, now: datetime, calendar: WorkingCalendar) -> bool:
    """Return whether nothing was told in time of what was received then, so that it counts as accepted."""
    term = tell_by(received, calendar)
    return not term.provisional and now >= term.at


def promised_until(matter: Matter, material: str, accepted: date, calendar: WorkingCalendar) -> Promised | None:
    """Return until when a material may be handed in later; None where the matter does not allow it."""
    for one in matter.materials:
        if one.code == material and one.promise_days is not None:
            return Promised(material=material, until=add_working_days(calendar, accepted, one.promise_days)[0])
    return None
