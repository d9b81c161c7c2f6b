"""A consultation as the department that was asked has it on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.approval.rules.states import DeskState
from exchange.paging import Place


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A consultation on a department's desk."""

    window: str
    case_number: str
    consultation_id: str
    state: DeskState
    matter: str
    title: str
    received_at: datetime
    due_at: datetime | None
    """Derived when the term began or was last amended; kept for lists only, never for a ruling."""
    cleared: bool
    """Whether all that the department had to wait for is in."""
    opinion_id: str | None = None
    answered_at: datetime | None = None
    reminded: int = 0
    rule_error: str | None = None
    """What the department's rule failed with when it was last asked."""
    recall_id: str | None = None
    """The message by which the opinion is recalled, or was: then the case waits for an officer's opinion."""

    paper_by: datetime | None = None
    """Until when the paper is owed, after a default that took effect."""
    acts_for: str | None = None
    """The department in whose name this one answers, as its substitute; None where it is asked itself."""
    copy_id: str | None = None
    """Of a substitute: the message by which it has the request that ``consultation_id`` names."""

    supplement_until: datetime | None = None
    """Until when a supplementary review was announced here."""

    holder: str | None = None
    """The officer who deals with it; None where nobody has taken it."""

    chased_at: datetime | None = None
    """When the window's officers last pressed for an answer by hand."""

    @property
    def request_id(self) -> str:
        """The message on record here by which the request came."""
        return self.copy_id or self.consultation_id

    @property
    def place(self) -> Place:
        """Its place in a list by time."""
        return self.received_at, self.case_number
