"""A department's request for a supplement, as window and department keep it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.approval.rules.course.supplement_states import SupplementState
from exchange.paging import Place


@dataclass(frozen=True, slots=True)
class SupplementRow:
    """The one request of a department in a case; what it wants stands in its signed message alone."""

    window: str
    case_number: str
    department: str
    state: SupplementState
    request_id: str
    asked_at: datetime
    """When it was asked; at the window, when that arrived, at the earliest that can be proved."""
    answered_at: datetime | None = None
    """When the window has passed it on or declined it, or sent it back."""
    answer_id: str | None = None
    """The window's message that says so."""
    invitation_id: str | None = None
    """The window's message to the applicant, where it was passed on."""
    reasons: str | None = None
    """Why it was declined, or sent back."""
    paper_id: str | None = None
    """The applicant's signed paper that brings what was asked for."""
    came_at: datetime | None = None

    @property
    def place(self) -> Place:
        """Its place among those that wait for the window."""
        return self.asked_at, f"{self.case_number} {self.department}"
