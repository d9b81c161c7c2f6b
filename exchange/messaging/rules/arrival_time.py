"""When a message arrived, as far as it can be proved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True)
class Arrival:
    """When a message reached the broker: an interval where only that is known, and who says so."""

    earliest: datetime
    latest: datetime
    source: str

    def not_before(self, moment: datetime | None) -> Arrival:
        """Return it without what lies before a moment at which it cannot have been there yet."""
        if moment is None or moment <= self.earliest:
            return self
        return replace(self, earliest=min(moment, self.latest))


STAMPED = "broker"
"""Source of an arrival that the broker itself has stamped: exact, whatever was down and in whatever order it came."""
