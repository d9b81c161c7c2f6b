"""A filing as the window keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.approval.filings.states import FilingState
from exchange.paging import Place
from exchange.schemas import AcceptanceOutcome, FilingChannel


@dataclass(frozen=True, slots=True)
class FilingRow:
    """What a window knows of a filing; every version of it is among the signed documents."""

    portal: str
    """The member that took it in and signed it."""
    number: str
    state: FilingState
    matter: str
    matter_version: str
    """As it was when the application was handed in: by that it is accepted and decided."""
    channel: FilingChannel
    filing_id: str
    """The first message, by which everything about it is one conversation."""
    last_id: str
    """The message that holds the application as it is now: the first, or its last supplement."""
    applicant: str
    project: str
    received_at: datetime
    """When the first message arrived, at the earliest that can be proved."""
    complete_at: datetime
    """The same of the application as it is now: an acceptance dates from it."""
    tell_by: datetime | None
    """Until when the applicant must be told what is missing; derived, and kept for lists alone."""
    told_at: datetime | None = None
    """When it was told, once, what is missing."""
    ended_at: datetime | None = None
    """When it was accepted, not accepted or withdrawn."""
    outcome: AcceptanceOutcome | None = None
    acceptance_id: str | None = None
    """The window's last document on it."""
    case_number: str | None = None
    serial: int = 0
    """How many times the progress of its case was told."""
    told: str | None = None
    """Digest of what was told last."""
    changed_at: datetime | None = None
    """Since when there may be something to tell; None while there is not."""
    served_id: str | None = None
    """By which message the decision was served."""
    hearing_at: datetime | None = None
    """When the applicant has asked for a hearing."""

    @property
    def place(self) -> Place:
        """Its place in a list by time."""
        return self.received_at, f"{self.portal} {self.number}"

    @property
    def waits_at(self) -> Place:
        """Its place among those that wait for the window's word."""
        return self.complete_at, f"{self.portal} {self.number}"
