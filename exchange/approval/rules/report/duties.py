"""How departments keep their duties, counted from the parts of cases at a window. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from fractions import Fraction
from typing import Protocol

from exchange.approval.rules.after.paper import PaperFacts, PaperState, paper_of
from exchange.approval.rules.clock.dates import GRANTS
from exchange.approval.rules.report.day_counts import DayCounts, share
from exchange.approval.rules.report.used import UsedTerm
from exchange.approval.rules.states import BY_SILENCE, PartState
from exchange.schemas import Verdict
from exchange.workdays import WorkingCalendar


class ReportedPart(PaperFacts, UsedTerm, Protocol):
    """What the figures depend on, of a department's part."""

    @property
    def state(self) -> PartState: ...
    @property
    def escalated_at(self) -> datetime | None: ...
    @property
    def reminded_at(self) -> datetime | None: ...
    @property
    def deemed_at(self) -> datetime | None: ...
    @property
    def faulty_id(self) -> str | None: ...
    @property
    def verdict(self) -> Verdict | None: ...


@dataclass
class DutyFigures:
    """A department's numbers: of consultations, and of the papers that it owed after deemed consents."""

    asked: int = 0
    known: int = 0
    """Of these it is known whether they were answered in time: answered, settled by silence, or the term is over."""
    in_time: int = 0
    """Answered within the term."""
    late: int = 0
    """Answered, and after its end."""
    reminded: int = 0
    defaulted: int = 0
    """Its silence had its effect by rule."""
    deemed_consents: int = 0
    """Of these, those that count as consent."""
    undone: int = 0
    """A default was corrected: an opinion that had come in time took its place."""
    escalated: int = 0
    corrected: int = 0
    """An opinion went back to be corrected."""
    overruled: int = 0
    """Objections against which a licence was granted."""
    papers: int = 0
    """Owed after deemed consents; of these the following."""
    papers_in_time: int = 0
    papers_late: int = 0
    papers_overdue: int = 0
    """Have not come."""
    most_days_late: int = 0
    """Working days: of the latest paper, come or not."""
    days: DayCounts = field(default_factory=DayCounts)
    """Working days until it answered, or until its silence took effect; stopped ones left out."""

    def count(
        self, part: ReportedPart, days: int | None, outcome: str | None, now: datetime, calendar: WorkingCalendar
    ) -> None:
        """Count a part that was put to the department, in a case that was not withdrawn.

        ``days``: as it used them; ``outcome``: of the case, if it is decided.
        """
        answered = part.answered_at if part.state is PartState.ANSWERED else part.late_at
        over = part.state in BY_SILENCE or (answered is not None and part.due_at is not None and answered > part.due_at)
        objected = part.state is PartState.ANSWERED and part.verdict is Verdict.DISAGREE
        self.asked += 1
        self.known += answered is not None or over or _is_over(part, now)
        self.in_time += answered is not None and not over
        self.late += answered is not None and over
        self.reminded += part.reminded_at is not None
        self.defaulted += part.state in BY_SILENCE
        self.deemed_consents += part.state is PartState.DEEMED
        self.undone += part.deemed_at is not None and part.state not in BY_SILENCE
        self.escalated += part.escalated_at is not None
        self.corrected += part.faulty_id is not None
        self.overruled += objected and outcome in GRANTS
        if days is not None:
            self.days.add(days)
        self._count_paper(part, now, calendar)

    def _count_paper(self, part: ReportedPart, now: datetime, calendar: WorkingCalendar) -> None:
        paper = paper_of(part, now, calendar)
        if paper is not None:
            self.papers += 1
            self.papers_in_time += paper.state is PaperState.IN_TIME
            self.papers_late += paper.state is PaperState.LATE
            self.papers_overdue += paper.state is PaperState.OVERDUE
            self.most_days_late = max(self.most_days_late, paper.days_late)

    def join(self, other: DutyFigures) -> None:
        """Count all of another one too."""
        for name in _COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.most_days_late = max(self.most_days_late, other.most_days_late)
        self.days.join(other.days)

    @property
    def share_in_time(self) -> Fraction | None:
        """Return the share answered in time, of those of which it is known; None of nothing."""
        return share(self.in_time, self.known)


_COUNTED = tuple(one.name for one in fields(DutyFigures) if one.name not in ("days", "most_days_late"))


def _is_over(part: ReportedPart, now: datetime) -> bool:
    waits = part.state in (PartState.ISSUED, PartState.SIGNED)
    return part.state is PartState.ESCALATED or (waits and part.due_at is not None and part.due_at <= now)
