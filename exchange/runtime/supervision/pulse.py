"""Signs of life of a served member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Pulse:
    """Whether a served member lives."""

    connections: Mapping[str, bool]
    """Its connections to the broker, and whether each is served."""
    loops: Mapping[str, bool]
    """Its threads, and whether each runs."""
    since_tick: float | None
    """Seconds since its periodic work was last done; None before the first time."""
    records: bool = True
    """Whether its database took what it last wrote; one that is full can be read all the time."""
    stuck: str | None = None
    """What of it has not moved for so long that starting it anew may help; None where all of it moves."""
