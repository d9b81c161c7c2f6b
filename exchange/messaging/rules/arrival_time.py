"""When a message arrived, as far as it can be proved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Arrival:
    """When a message reached the broker: an interval where only that is known, and who says so."""

    earliest: datetime
    latest: datetime
    source: str


STAMPED = "broker"
"""Source of an arrival that the broker itself has stamped: exact, whatever was down and in whatever order it came."""
