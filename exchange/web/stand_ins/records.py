"""A stand-in as it is on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class StandIn:
    """One account stands in for another, which is away, from one day to another."""

    number: int
    absent: str
    """Who is away."""
    stand_in: str
    """Who deals with what is the other's meanwhile."""
    since: date
    until: date
    """The last day."""
    matters: tuple[str, ...]
    """Codes of the matters in whose cases it holds; none: in all."""
    recorded_by: str
    recorded_at: datetime
    ended_at: datetime | None = None
    """When it was ended before its last day."""
    ended_by: str | None = None

    def holds_on(self, day: date) -> bool:
        """Return whether it holds on a day; nothing has to end it."""
        return self.ended_at is None and self.since <= day <= self.until

    def covers(self, matter: str) -> bool:
        """Return whether it holds in cases of a matter."""
        return not self.matters or matter in self.matters
