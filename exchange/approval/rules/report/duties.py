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


@dataclass(frozen=True, slots=True)
class DutyFact:
    """What one part counts as; many count as the same."""

    state: PartState
    answered: bool
    """Within its term, beyond it, or after its silence had its effect."""
    beyond: bool
    """The answer came after the end of the term."""
    over: bool
    """Nobody has answered, and the term is over."""
    reminded: bool
    deemed: bool
    """Its silence had its effect, whether or not that was undone."""
    escalated: bool
    corrected: bool
    overruled: bool
    days: int | None
    """Working days as it used them."""
    paper: PaperState | None
    """Of the paper that it owed."""
    days_late: int
    """Of that paper."""


def duty_fact(
    part: ReportedPart, days: int | None, outcome: str | None, now: datetime, calendar: WorkingCalendar
) -> DutyFact:
    """Return what a part counts as that was put to its department, in a case that was not withdrawn.

    ``days``: as it used them; ``outcome``: of the case, if it is decided.
    """
    answered = part.answered_at if part.state is PartState.ANSWERED else part.late_at
    objected = part.state is PartState.ANSWERED and part.verdict is Verdict.DISAGREE
    paper = paper_of(part, now, calendar)
    return DutyFact(
        part.state,
        answered is not None,
        answered is not None and part.due_at is not None and answered > part.due_at,
        _is_over(part, now),
        part.reminded_at is not None,
        part.deemed_at is not None,
        part.escalated_at is not None,
        part.faulty_id is not None,
        objected and outcome in GRANTS,
        days,
        paper.state if paper is not None else None,
        paper.days_late if paper is not None else 0,
    )


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

    def count(self, one: DutyFact, times: int = 1) -> None:
        """Count parts that count as the same."""
        silent = one.state in BY_SILENCE
        over = silent or one.beyond
        self.asked += times
        self.known += times * (one.answered or over or one.over)
        self.in_time += times * (one.answered and not over)
        self.late += times * (one.answered and over)
        self.reminded += times * one.reminded
        self.defaulted += times * silent
        self.deemed_consents += times * (one.state is PartState.DEEMED)
        self.undone += times * (one.deemed and not silent)
        self.escalated += times * one.escalated
        self.corrected += times * one.corrected
        self.overruled += times * one.overruled
        if one.days is not None:
            self.days.add(one.days, times)
        if one.paper is not None:
            self.papers += times
            self.papers_in_time += times * (one.paper is PaperState.IN_TIME)
            self.papers_late += times * (one.paper is PaperState.LATE)
            self.papers_overdue += times * (one.paper is PaperState.OVERDUE)
            self.most_days_late = max(self.most_days_late, one.days_late)

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
