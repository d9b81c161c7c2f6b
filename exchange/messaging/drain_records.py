"""That a member is to be drained: its record, and the store as it keeps it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

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


class Drains(Protocol):
    """Wishes to drain this member; at most one stands."""

    def ask(self, row: DrainRow) -> bool:
        """False where one stands."""

    def standing(self) -> DrainRow | None:
        """The one that is not lifted."""

    def move(self, before: Collection[DrainState], after: DrainState, **values: Any) -> bool:
        """One guarded UPDATE of the one that stands; ``values`` are columns of DrainRow. True if this call moved it."""
