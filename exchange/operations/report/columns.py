"""The columns of a report: what each figure is called, and how it is read and written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from exchange.approval.rules.report.cases import CaseFigures
from exchange.approval.rules.report.day_counts import share
from exchange.approval.rules.report.duties import DutyFigures
from exchange.language import Text

T = TypeVar("T")
Figure = int | Fraction | None
"""None where there is nothing of which it could be told."""


@dataclass(frozen=True)
class FigureColumn(Generic[T]):
    """One column."""

    name: str
    """In JSON and CSV."""
    title: Text
    read: Callable[[T], Figure]
    percent: bool = False

    def written(self, figures: T, none: str) -> str:
        """Write the figure as people read it; ``none`` where there is none."""
        return _text(self.read(figures), none, percent=self.percent)

    def plain(self, figures: T) -> int | float | None:
        """Return the figure as programs read it: shares from 0 to 1, rounded to four places."""
        value = self.read(figures)
        return round(float(value), 4) if isinstance(value, Fraction) else value


def _text(value: Figure, none: str, *, percent: bool) -> str:
    if value is None:
        return none
    if percent:
        return f"{float(value * 100):.1f} %"
    return f"{float(value):,.1f}" if isinstance(value, Fraction) else f"{value:,}"


DUTIES: tuple[FigureColumn[DutyFigures], ...] = (
    FigureColumn("asked", Text("asked"), lambda one: one.asked),
    FigureColumn("in_time", Text("in time"), lambda one: one.in_time),
    FigureColumn("share_in_time", Text("share in time"), lambda one: one.share_in_time, percent=True),
    FigureColumn("late", Text("late"), lambda one: one.late),
    FigureColumn("reminded", Text("reminded"), lambda one: one.reminded),
    FigureColumn("defaulted", Text("defaulted"), lambda one: one.defaulted),
    FigureColumn("deemed_consents", Text("deemed consents"), lambda one: one.deemed_consents),
    FigureColumn("corrected_after_default", Text("default corrected"), lambda one: one.undone),
    FigureColumn("escalated", Text("escalated"), lambda one: one.escalated),
    FigureColumn("sent_back", Text("sent back"), lambda one: one.corrected),
    FigureColumn("overruled", Text("overruled"), lambda one: one.overruled),
    FigureColumn("half_within_days", Text("half within"), lambda one: one.days.within(50)),
    FigureColumn("nine_of_ten_within_days", Text("9 of 10 within"), lambda one: one.days.within(90)),
)
PAPERS: tuple[FigureColumn[DutyFigures], ...] = (
    FigureColumn("papers", Text("papers owed"), lambda one: one.papers),
    FigureColumn("papers_in_time", Text("papers in time"), lambda one: one.papers_in_time),
    FigureColumn("papers_late", Text("papers late"), lambda one: one.papers_late),
    FigureColumn("papers_overdue", Text("papers overdue"), lambda one: one.papers_overdue),
    FigureColumn("most_days_late", Text("most days late"), lambda one: one.most_days_late),
)
PROGRAMME: tuple[FigureColumn[CaseFigures], ...] = (
    FigureColumn("cases", Text("cases"), lambda one: one.decided),
    FigureColumn("mean_days", Text("mean days"), lambda one: one.days.mean),
    FigureColumn("hours_faster", Text("hours faster"), lambda one: one.hours_faster),
    FigureColumn("deemed_consents", Text("deemed consents"), lambda one: one.deemed_consents),
)
"""The terms of the programme of 2006."""
CASES: tuple[FigureColumn[CaseFigures], ...] = (
    *PROGRAMME,
    FigureColumn("half_within_days", Text("half within"), lambda one: one.days.within(50)),
    FigureColumn("nine_of_ten_within_days", Text("9 of 10 within"), lambda one: one.days.within(90)),
    FigureColumn("decided_in_time", Text("in time"), lambda one: one.in_time),
    FigureColumn("share_decided_in_time", Text("share in time"), lambda one: one.share_in_time, percent=True),
    FigureColumn("promised", Text("promised"), lambda one: one.promised),
    FigureColumn("promise_kept", Text("promise kept"), lambda one: one.promise_kept),
    FigureColumn("no_reasons", Text("no reasons"), lambda one: one.no_reasons),
    FigureColumn("days_saved_in_parallel", Text("days saved in parallel"), lambda one: one.saved_in_parallel),
    FigureColumn("days_saved_by_law", Text("days below the law's"), lambda one: one.saved_by_law),
    FigureColumn("filed", Text("filed"), lambda one: one.filed),
    FigureColumn("told_late", Text("told late"), lambda one: one.told_late),
)


def mean_in_sequence(one: CaseFigures) -> Fraction | None:
    """Return the mean working days a case would have taken with one department after another; None of nothing."""
    saved = share(one.saved_in_parallel, one.decided)
    return one.days.mean + saved if one.days.mean is not None and saved is not None else None
