"""How fast cases were decided, and how leads keep their duties. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from fractions import Fraction

from exchange.approval.rules.report.day_counts import DayCounts, share
from exchange.approval.rules.report.used import PartWay, counted_days, longest_way, saved_in_parallel
from exchange.approval.rules.stops import StoppedDays, day_of
from exchange.workdays import WorkingCalendar, working_days_between

HOURS_A_DAY = 8
"""Office hours of a working day, by which days are told as hours, as in 2006."""


@dataclass(frozen=True)
class DecidedCase:
    """What the figures depend on, of a case that is decided."""

    began: datetime
    """When it was accepted, or taken up again."""
    decided_at: datetime
    statutory_days: int
    stood: tuple[StoppedDays, ...]
    """Days that do not count, in order and apart."""
    ways: Mapping[str, PartWay]
    """What its departments took, as far as they answered or their silence took effect."""
    consents: int = 0
    """Deemed consents among them."""
    overrun: bool = False
    """It was undecided when its term by law was over."""
    promised: bool = False
    """Something was promised beside the law."""
    promise_over: bool = False
    unexplained: bool = False
    """The promise was not kept, and nobody has said why."""


@dataclass
class CaseFigures:
    """The numbers of cases that were decided, and of filings that came in."""

    decided: int = 0
    in_time: int = 0
    """Decided within the term by law."""
    promised: int = 0
    promise_kept: int = 0
    no_reasons: int = 0
    """A promise was not kept, and nobody has said why."""
    deemed_consents: int = 0
    saved_in_parallel: int = 0
    """Working days: of all departments together, against the longest path."""
    saved_by_law: int = 0
    """Working days fewer than the law allows; more are counted against it."""
    filed: int = 0
    told_late: int = 0
    """Filings of which nothing was told within five working days."""
    days: DayCounts = field(default_factory=DayCounts)
    """Working days from acceptance to decision, stopped ones included: what applicants wait."""
    path: DayCounts = field(default_factory=DayCounts)
    """Working days of the longest path through the departments."""

    def count(self, case: DecidedCase, calendar: WorkingCalendar) -> None:
        """Count a decided case."""
        first, last = day_of(case.began), day_of(case.decided_at)
        self.decided += 1
        self.in_time += not case.overrun
        self.promised += case.promised
        self.promise_kept += case.promised and not case.promise_over
        self.no_reasons += case.unexplained
        self.deemed_consents += case.consents
        self.saved_in_parallel += saved_in_parallel(case.ways)
        self.saved_by_law += case.statutory_days - counted_days(first, last, case.stood, calendar)
        self.days.add(working_days_between(calendar, first, last)[0])
        self.path.add(longest_way(case.ways))

    def join(self, other: CaseFigures) -> None:
        """Count all of another one too."""
        for name in _COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.days.join(other.days)
        self.path.join(other.path)

    @property
    def share_in_time(self) -> Fraction | None:
        """Return the share decided within the term by law; None of nothing."""
        return share(self.in_time, self.decided)

    @property
    def hours_faster(self) -> Fraction | None:
        """Return the mean office hours a case was faster than with one department after another; None of nothing."""
        days = share(self.saved_in_parallel, self.decided)
        return days * HOURS_A_DAY if days is not None else None


_COUNTED = tuple(one.name for one in fields(CaseFigures) if one.name not in ("days", "path"))
