"""A window's figures: how departments keep their terms, how fast cases are decided; by day, as tables and as CSV."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlencode

from exchange.approval.figures.counting import report_of
from exchange.approval.rules.report.groups import Report, ReportBy
from exchange.clock import CST, monotonic
from exchange.console.section import Download, File, Group, Page, Section, Visit
from exchange.errors import CallerError
from exchange.language import Words
from exchange.machine.spreadsheet import csv_lines
from exchange.operations.records.stores import members_of, stores_of
from exchange.operations.report.as_data import csv_rows
from exchange.operations.report.columns import CASES, DUTIES, PAPERS, PROGRAMME
from exchange.schemas import Role
from exchange.web.door.permissions import Action

LINES: Mapping[ReportBy, Words] = {
    ReportBy.DEPARTMENT: ("部门", "Department"),
    ReportBy.MATTER: ("事项", "Matter"),
    ReportBy.MONTH: ("月份", "Month"),
}

SLOW = 1.0
"""Seconds from which on it is worth keeping what was counted: for ten times as long as it took."""


@dataclass
class LastReport:
    """The report that was counted last: who goes from departments to months, and to the CSV, does not wait again."""

    time: Callable[[], float] = monotonic
    _days: tuple[date, date] | None = None
    _found: Report | None = None
    _until: float = 0.0
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def of(self, days: tuple[date, date], count: Callable[[], Report]) -> Report:
        """Return the report of these days: the last one, or counted anew; one at a time."""
        with self._turn:
            if self._found is None or self._days != days or self.time() >= self._until:
                began = self.time()
                self._days, self._found = days, count()
                took = self.time() - began
                self._until = self.time() + (10 * took if took >= SLOW else 0.0)
            return self._found


def _figures(visit: Visit) -> Mapping[str, object]:
    by, found = _by(visit), _report(visit)
    members = members_of(visit.view)
    asked = {"since": found.first.isoformat(), "until": found.last.isoformat()}
    duties = found.duties_by(by)
    return {
        "by": by,
        "lines": LINES,
        "asked": asked,
        "programme": [(one.title, one.written(found.total, visit.say("无", "none"))) for one in PROGRAMME],
        "case_columns": CASES,
        "cases": found.cases_by(by) if by is not ReportBy.DEPARTMENT else {},
        "duty_columns": DUTIES,
        "duties": duties,
        "paper_columns": PAPERS,
        "papers": {key: one for key, one in duties.items() if one.papers},
        "members": members,
        "windows": len(stores_of(visit.view, Role.WINDOW)),
        "csv": f"/figures.csv?{urlencode(asked)}",
    }


def _by(visit: Visit) -> ReportBy:
    with suppress(ValueError):
        return ReportBy(visit.query.get("by", "") or ReportBy.DEPARTMENT)
    raise CallerError(
        "by: {text!r} is none of these", remedy="one of: {known}", text=visit.query["by"], known=", ".join(ReportBy)
    )


def _report(visit: Visit) -> Report:
    """The figures of all windows of the domain together."""
    now, calendar = visit.view.clock.now(), visit.view.calendar()
    today = now.astimezone(CST).date()
    first = _day(visit, "since") or today.replace(month=1, day=1)
    last = _day(visit, "until") or today

    def count() -> Report:
        found = Report(first, last)
        for store in stores_of(visit.view, Role.WINDOW).values():
            with store.reading() as tx:
                found.join(report_of(tx, now, calendar, first, last))
        return found

    kept = visit.view.kept_once("figures", LastReport)
    assert isinstance(kept, LastReport)  # noqa: S101 -- nothing else is kept under this name
    return kept.of((first, last), count)


def _day(visit: Visit, name: str) -> date | None:
    text = visit.query.get(name, "").strip()
    if not text:
        return None
    with suppress(ValueError):
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 -- a day, as people in China mean it
    raise CallerError("{name}: {text!r} is no day", remedy="write it as 2026-03-02", name=name, text=text)


def _csv(visit: Visit) -> File:
    found = _report(visit)
    lines = csv_lines(csv_rows(found, None))
    return File(
        f"yizhan-figures-{found.first}-{found.last}.csv", "text/csv; charset=utf-8", (line.encode() for line in lines)
    )


SECTION = Section(
    pages=(Page("/figures", ("统计", "Figures"), "figures.html", _figures, in_menu=True, group=Group.CASES, every=0),),
    downloads=(Download("/figures.csv", Action.LOOK, _csv),),
)
