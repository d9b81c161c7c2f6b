"""The renewal of a licence as its window keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.approval.rules.renewal import RenewalState


@dataclass(frozen=True, slots=True)
class RenewalRow:
    """A filing by which a renewal was asked for. Everything else of it is the filing's, the case's or the licence's."""

    portal: str
    number: str
    """The filing's."""
    licence: str
    state: RenewalState
    in_time: bool
    """As the applicant was told: whether silence has an effect."""
    days: int
    """Before the end, by which it had to be asked for."""
    look_at: datetime | None
    """When the licence is over, as far as is known; None where nothing can arise any more without something else."""
    authorisation_id: str | None = None
    """The document that says that it has arisen by law."""
    decision_id: str | None = None
    settled_at: datetime | None = None
