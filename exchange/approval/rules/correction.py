"""An opinion that went back because something was wrong with it: its department has not been silent.

Once it is proved whose it is, and it was in time, its department's silence has no consequence any more. The department
may correct it; what it gives within the time for that counts as arrived when the faulty one did. If nothing comes, the
part is escalated to the lead, never defaulted, and the lead decides only after that time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from exchange.approval.rules.arbiter import is_stamped_in_time
from exchange.approval.rules.states import BY_SILENCE, PartState
from exchange.language import noted
from exchange.messaging.rules.arrival_time import Arrival
from exchange.workdays import WorkingCalendar, add_working_days, end_of_day

CORRECTION_DAYS = 3
"""Working days, after the one on which it went back, for correcting an opinion."""

OBSTACLE = noted("an opinion of the department came in time and went back to it to be corrected")
"""Why a silence is escalated that would have been consent."""

_WAITED_FOR = frozenset({PartState.ISSUED, PartState.SIGNED, PartState.ESCALATED})


class CorrectionFacts(Protocol):
    """What a correction depends on, of a department's part."""

    @property
    def department(self) -> str: ...
    @property
    def state(self) -> PartState: ...
    @property
    def faulty_at(self) -> datetime | None: ...
    @property
    def correct_by(self) -> datetime | None: ...


def protects(state: PartState, arrival: Arrival, due_at: datetime | None) -> bool:
    """Return whether a faulty opinion stands in the way of its department's silence.

    Doubt about its arrival favours the department; against a default that has taken effect only a stamp counts.
    """
    if state in BY_SILENCE:
        return is_stamped_in_time(arrival, due_at)
    return state in _WAITED_FOR and (due_at is None or arrival.earliest <= due_at)


def correct_by(now: datetime, calendar: WorkingCalendar) -> datetime:
    """Return until when an opinion that goes back now may be corrected, whatever its term is."""
    day, _ = add_working_days(calendar, now.date(), CORRECTION_DAYS)
    return end_of_day(day)


def arrival_of(part: CorrectionFacts, arrival: Arrival) -> Arrival:
    """Return the arrival by which an opinion is ruled: of a corrected one in time, that of the faulty one before it."""
    if part.faulty_at is None or part.correct_by is None or arrival.earliest > part.correct_by:
        return arrival
    return replace(arrival, earliest=min(part.faulty_at, arrival.earliest))


def awaiting_correction(parts: Iterable[CorrectionFacts], now: datetime) -> dict[str, datetime]:
    """Return the departments that may still correct an opinion, with until when; the lead waits for them."""
    return {
        part.department: part.correct_by
        for part in parts
        if part.state in _WAITED_FOR and part.correct_by is not None and now <= part.correct_by
    }
