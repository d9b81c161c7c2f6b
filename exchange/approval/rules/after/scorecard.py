"""How departments keep their terms, counted from the parts of cases at a window. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from exchange.approval.rules.after.paper import PaperFacts, PaperState, paper_of
from exchange.approval.rules.states import BY_SILENCE, PartState
from exchange.workdays import WorkingCalendar


class ScoredPart(PaperFacts, Protocol):
    """What a score depends on, of a department's part."""

    @property
    def department(self) -> str: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def answered_at(self) -> datetime | None: ...
    @property
    def escalated_at(self) -> datetime | None: ...
    @property
    def reminded_at(self) -> datetime | None: ...
    @property
    def faulty_id(self) -> str | None: ...


@dataclass
class Score:
    """One department's numbers: of consultations, and of the papers that it owed after deemed consents."""

    department: str
    asked: int = 0
    in_time: int = 0
    """Answered within the term."""
    late: int = 0
    """Answered, and after its end."""
    reminded: int = 0
    defaulted: int = 0
    """Its silence had its effect by rule."""
    escalated: int = 0
    corrected: int = 0
    """An opinion went back to be corrected."""
    papers: int = 0
    """Owed after deemed consents; of these the following."""
    papers_in_time: int = 0
    papers_late: int = 0
    papers_overdue: int = 0
    """Have not come."""
    most_days_late: int = 0
    """Working days: of the latest paper, come or not."""

    def count(self, part: ScoredPart, now: datetime, calendar: WorkingCalendar) -> None:
        """Count a part that was put to the department, in a case that was not withdrawn."""
        answered = part.answered_at if part.state is PartState.ANSWERED else part.late_at
        over = part.state in BY_SILENCE or (answered is not None and part.due_at is not None and answered > part.due_at)
        self.asked += 1
        self.in_time += answered is not None and not over
        self.late += answered is not None and over
        self.reminded += part.reminded_at is not None
        self.defaulted += part.state in BY_SILENCE
        self.escalated += part.escalated_at is not None
        self.corrected += part.faulty_id is not None
        paper = paper_of(part, now, calendar)
        if paper is not None:
            self.papers += 1
            self.papers_in_time += paper.state is PaperState.IN_TIME
            self.papers_late += paper.state is PaperState.LATE
            self.papers_overdue += paper.state is PaperState.OVERDUE
            self.most_days_late = max(self.most_days_late, paper.days_late)


def scores_of(parts: Iterable[ScoredPart], now: datetime, calendar: WorkingCalendar) -> list[Score]:
    """Return every department's numbers, by address."""
    found: dict[str, Score] = defaultdict(lambda: Score(""))
    for part in parts:
        score = found[part.department]
        score.department = part.department
        score.count(part, now, calendar)
    return [found[department] for department in sorted(found)]
