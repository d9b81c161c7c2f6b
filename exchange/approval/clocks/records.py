"""The record of a case's clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ClockRow:
    """What was told of the clocks of one case, and done about them, since it was accepted or taken up again."""

    case_number: str
    look_at: datetime | None = None
    """When they are looked at next; None where none runs."""
    overrun_at: datetime | None = None
    """When it was told that the statutory term is over and the case undecided."""
    promise_over_at: datetime | None = None
    """When it was found that the promised term was not kept."""
    explained_at: datetime | None = None
    """When the lead has said why."""
    explanation: str | None = None
    explained_by: str | None = None
    """The officer who said so."""
    undelivered_at: datetime | None = None
    """When it was told that what was granted was not delivered in time."""
    delivered_at: datetime | None = None
    delivered_to: str | None = None
    """To whom, and how."""
    delivered_by: str | None = None
    """The officer who handed it out."""

    reminded_at: datetime | None = None
    """When the lead was last reminded of the term of the case."""
    reminded_stage: int | None = None
    """Of which share of it, in percent."""
    reminded_due_at: datetime | None = None
    """Of which end it had then."""
    delivery_reminded_at: datetime | None = None
    """When it was last reminded of the delivery."""
    delivery_reminded_stage: int | None = None

    @property
    def owes_delivery(self) -> bool:
        """Whether what was granted is overdue for delivery."""
        return self.undelivered_at is not None and self.delivered_at is None
