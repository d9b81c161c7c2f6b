"""A deadline as it leaves the house: which case, what the matter is called, and until when; nobody's name or text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exchange.clock import CST

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class OpenDeadline:
    """Something that waits for somebody here until a moment."""

    key: str
    """The same for as long as it waits, whenever it is due: calendars know by it what they have."""
    number: str
    matter: str
    """What the matter is called, in its reader's language."""
    task: str
    """What is to be done, likewise."""
    due_at: datetime
    provisional: bool
    path: str
    """Where it is read and dealt with."""


def last_day(due_at: datetime) -> date:
    """Return the day on which something is due, in China: midnight is 24:00 of the day before."""
    return (due_at - _MOMENT).astimezone(CST).date()
