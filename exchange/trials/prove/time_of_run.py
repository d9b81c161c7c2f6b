"""The time of a run: seconds since its beginning, and the instants of the domain's clock that belong to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from exchange.clock import CST, AcceleratedClock

BEGINS = datetime(2026, 3, 2, 9, 0, tzinfo=CST)
"""A Monday, well inside the published calendar."""
_LAST = datetime(2026, 12, 1, tzinfo=CST)
"""Long before the last day that is published, and before the certificates of the domain are over."""
_SHORTEST_DAY = 10.0


@dataclass(frozen=True)
class TimeOfRun:
    """What turns real moments, seconds of the run and instants of the domain into each other."""

    clock: AcceleratedClock

    @classmethod
    def begin(cls, seconds: float) -> TimeOfRun:
        """Return the time of a run that begins now and is to take about so many seconds."""
        days = (_LAST - BEGINS) / timedelta(days=1)
        return cls(AcceleratedClock(datetime.now(UTC), BEGINS, 86_400 / max(_SHORTEST_DAY, 3 * seconds / days)))

    @property
    def now(self) -> float:
        """Seconds since the beginning."""
        return (datetime.now(UTC) - self.clock.real_origin).total_seconds()

    @property
    def day(self) -> float:
        """Seconds that a day of the domain takes."""
        return 86_400 / self.clock.factor

    def seconds(self, instant: datetime) -> float:
        """Return the second of the run at an instant of the domain's clock."""
        return (instant - self.clock.origin).total_seconds() / self.clock.factor
