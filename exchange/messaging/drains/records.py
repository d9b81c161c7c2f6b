"""That a member is to be drained: its record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.messaging.rules.drain_states import DrainState


@dataclass(frozen=True, slots=True)
class DrainRow:
    """A wish to drain a member, and what became of it."""

    state: DrainState
    asked_by: str
    asked_at: datetime
    reason: str
    stopped_at: datetime | None = None
    unsent: int | None = None
    """What was left when its process ended: copies that never went out."""
    unanswered: int | None = None
    """Copies that went out, without a receipt."""
    at_rest: int | None = None
    """Copies that a hold kept."""
    lifted_by: str | None = None
    lifted_at: datetime | None = None
