"""Before a case is opened: what the window tells its applicant once, and what that answers. Of the product it shares
the calendar alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from exchange.trials.replay.days import DAY, date_of, end_of_days
from exchange.trials.replay.log import EventKind, ReplayEvent
from exchange.workdays import WorkingCalendar

ACCEPTED_AFTER = 5
"""Working days after which what has come in counts as accepted by law, if nobody has said anything."""


@dataclass(frozen=True)
class ByLaw:
    """A filing that was accepted by law."""

    at: datetime
    line: int
    """Of the event with which it was complete."""


@dataclass
class BeforeAcceptance:
    """The filings of a log that are not accepted yet, by case: of one at a time."""

    _told: set[str] = field(default_factory=set)
    """Those of which something is missing."""
    _came: dict[str, ReplayEvent] = field(default_factory=dict)
    """Those that were completed, and by what."""

    def take(self, event: ReplayEvent) -> bool:
        """Take in what the window tells or the applicant answers; False where it must be refused."""
        if event.kind is EventKind.SUPPLIED:
            if event.case not in self._told:
                return False
            self._told.remove(event.case)
            self._came[event.case] = event
            return True
        if event.case in self._told or event.case in self._came:
            return False  # it is told once
        self._told.add(event.case)
        return True

    def end(self, case: str) -> bool:
        """End the filing of a case: it is accepted, or was withdrawn; tells whether there was one."""
        there = case in self._told or case in self._came
        self._told.discard(case)
        self._came.pop(case, None)
        return there

    def is_missing(self, case: str) -> bool:
        """Tell whether something is still missing, so that nobody can accept it."""
        return case in self._told

    def accepted_by_law(self, case: str, now: datetime, calendar: WorkingCalendar) -> ByLaw | None:
        """Return how the filing of a case was accepted by law until now; None where it was not, or where a day of
        its term is not announced.
        """
        came = self._came.get(case)
        end = end_of_days(came.at, ACCEPTED_AFTER, calendar) if came is not None else None
        if came is None or end is None or end > now:
            return None
        day, last = date_of(came.at), date_of(end) - DAY
        while day < last:
            day += DAY
            if not calendar.published(day):
                return None
        return ByLaw(end, came.line)
