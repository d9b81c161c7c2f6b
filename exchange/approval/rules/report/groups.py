"""A report: figures by department, matter and month, and the same joined by one of these. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from exchange.approval.rules.report.cases import CaseFigures
from exchange.approval.rules.report.duties import DutyFigures
from exchange.approval.rules.stops import day_of


class ReportBy(StrEnum):
    """What the lines of a report are."""

    DEPARTMENT = "department"
    MATTER = "matter"
    MONTH = "month"


@dataclass(frozen=True, order=True)
class FigureKey:
    """To what figures belong; empty where they are of all."""

    month: str = ""
    """As 2026-03: in which departments were asked, cases decided, filings received."""
    matter: str = ""
    department: str = ""
    """Of a department's duties."""


@dataclass
class Report:
    """The figures of some days; its size follows how many departments and matters there are, not how many cases."""

    first: date
    last: date
    duties: dict[FigureKey, DutyFigures] = field(default_factory=lambda: defaultdict(DutyFigures))
    cases: dict[FigureKey, CaseFigures] = field(default_factory=lambda: defaultdict(CaseFigures))

    def join(self, other: Report) -> None:
        """Count all of another one too."""
        for key, duties in other.duties.items():
            self.duties[key].join(duties)
        for key, cases in other.cases.items():
            self.cases[key].join(cases)

    def duties_by(self, by: ReportBy | None) -> Mapping[FigureKey, DutyFigures]:
        """Return departments' figures, joined; by nothing: all in one."""
        joined: dict[FigureKey, DutyFigures] = defaultdict(DutyFigures)
        for key, one in self.duties.items():
            joined[_joined(key, by)].join(one)
        return dict(sorted(joined.items()))

    def cases_by(self, by: ReportBy | None) -> Mapping[FigureKey, CaseFigures]:
        """Return the figures of cases, joined; a case belongs to no one department."""
        joined: dict[FigureKey, CaseFigures] = defaultdict(CaseFigures)
        for key, one in self.cases.items():
            joined[_joined(key, by if by is not ReportBy.DEPARTMENT else None)].join(one)
        return dict(sorted(joined.items()))

    @property
    def total(self) -> CaseFigures:
        """Return the figures of all cases together: the terms of the programme of 2006."""
        return self.cases_by(None).get(FigureKey(), CaseFigures())


_KEPT: Mapping[ReportBy | None, Callable[[FigureKey], FigureKey]] = {
    None: lambda key: FigureKey(),
    ReportBy.DEPARTMENT: lambda key: FigureKey(department=key.department),
    ReportBy.MATTER: lambda key: FigureKey(matter=key.matter),
    ReportBy.MONTH: lambda key: FigureKey(month=key.month),
}


def _joined(key: FigureKey, by: ReportBy | None) -> FigureKey:
    return _KEPT[by](key)


def month_of(moment: datetime) -> str:
    """Return the month of a moment in China, as 2026-03."""
    return day_of(moment).isoformat()[:7]
