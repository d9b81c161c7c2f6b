"""A hearing as a window keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.approval.hearings.states import HearingState


@dataclass(frozen=True, slots=True)
class HearingRow:
    """One hearing of a case."""

    case_number: str
    position: int
    """Counts from one."""
    state: HearingState
    held_at: datetime
    place: str
    chair: str
    """Who chairs it: never the officer who reviews the application (article 48)."""
    called_at: datetime
    requested_at: datetime | None
    notice_id: str
    record_id: str | None = None
    ended_at: datetime | None = None
