"""A deadline that a monitor watches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.approval.rules.states import WatchState
from exchange.schemas import DeadlineState


@dataclass(frozen=True, slots=True)
class WatchRow:
    """An open deadline at a monitor."""

    deadline: DeadlineState
    window: str
    state: WatchState
    due_at: datetime | None
    provisional: bool
    next_at: datetime | None
    """When the monitor must look at it again: the next stage or the due moment."""
    calendar: str
