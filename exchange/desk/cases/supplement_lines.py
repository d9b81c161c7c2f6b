"""What was asked of the applicant after the acceptance, in the words of a desk: how it stands, and what it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.approval.rules.course.supplement_states import SupplementState
from exchange.approval.supplements.shown import ShownSupplement
from exchange.desk.visit import DeskVisit
from exchange.language.supplements import SUPPLEMENT_STATES

_TONES = {
    SupplementState.ASKED: "warn",
    SupplementState.PASSED_ON: "info",
    SupplementState.COME_IN: "good",
    SupplementState.DECLINED: "bad",
    SupplementState.RETURNED: "bad",
}


@dataclass(frozen=True)
class SupplementLine:
    """One request."""

    department: str
    tone: str
    said: str
    at: datetime
    """Of the state that it is in."""
    wanted: tuple[str, ...]
    reasons: str
    basis: tuple[str, ...]
    officer: str
    """Who has asked."""
    answer: str
    """Why the window has declined it, or sent it back."""
    is_open: bool
    """Whether the window has said nothing yet."""


def supplement_line(visit: DeskVisit, one: ShownSupplement) -> SupplementLine:
    """Return a request as its page shows it."""
    row, asked = one.row, one.asked
    return SupplementLine(
        department=row.department,
        tone=_TONES.get(row.state, ""),
        said=visit.words(SUPPLEMENT_STATES[row.state.value]),
        at=row.came_at or row.answered_at or row.asked_at,
        wanted=tuple(paper.what for paper in asked.wanted),
        reasons=asked.reasons,
        basis=asked.basis,
        officer=asked.officer,
        answer=row.reasons or "",
        is_open=row.state is SupplementState.ASKED,
    )
