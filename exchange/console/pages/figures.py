"""A window's figures: how departments keep their terms, how fast cases are decided; by day, as tables and as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from urllib.parse import urlencode

from exchange.approval.figures.counting import report_of
from exchange.approval.rules.report.groups import Report, ReportBy
from exchange.clock import CST
from exchange.console.pages.last_report import CountedReport, Days, LastReport
from exchange.console.section import Download, File, Group, Page, Section, Visit
from exchange.errors import CallerError, Conflict
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


def _figures(visit: Visit) -> Mapping[str, object]:
    by, days = _by(visit), _days(visit)
    counted, asked = _counted(visit, days), dict(zip(("since", "until"), map(date.isoformat, days), strict=True))
    about = {
        "by": by,
        "lines": LINES,
        "asked": asked,
        "members": members_of(visit.view),
        "windows": len(stores_of(visit.view, Role.WINDOW)),
        "csv": f"/figures.csv?{urlencode(asked)}",
        "counted": counted,
        "counting": _last(visit).is_counting(days),
    }
    return {**about, **_tables(visit, counted.report, by)} if counted is not None else about


def _tables(visit: Visit, found: Report, by: ReportBy) -> Mapping[str, object]:
    duties = found.duties_by(by)
    return {
        "programme": [(one.title, one.written(found.total, visit.say("无", "none"))) for one in PROGRAMME],
        "case_columns": CASES,
        "cases": found.cases_by(by) if by is not ReportBy.DEPARTMENT else {},
        "duty_columns": DUTIES,
        "duties": duties,
        "paper_columns": PAPERS,
        "papers": {key: one for key, one in duties.items() if one.papers},
    }


def _by(visit: Visit) -> ReportBy:
    with suppress(ValueError):
        return ReportBy(visit.query.get("by", "") or ReportBy.DEPARTMENT)
    raise CallerError(
        "by: {text!r} is none of these", remedy="one of: {known}", text=visit.query["by"], known=", ".join(ReportBy)
    )


def _days(visit: Visit) -> Days:
    today = visit.view.clock.now().astimezone(CST).date()
    return _day(visit, "since") or today.replace(month=1, day=1), _day(visit, "until") or today


def _counted(visit: Visit, days: Days) -> CountedReport | None:
    """The figures of all windows of the domain together, as far as they are counted."""
    now, calendar, stores = visit.view.clock.now(), visit.view.calendar(), stores_of(visit.view, Role.WINDOW)

    def count() -> Report:
        found = Report(*days)
        for store in stores.values():
            with store.reading() as tx:
                found.join(report_of(tx, now, calendar, *days))
        return found

    return _last(visit).of(days, count)


def _last(visit: Visit) -> LastReport:
    kept = visit.view.kept_once("figures", lambda: LastReport(visit.view.clock))
    assert isinstance(kept, LastReport)  # noqa: S101 -- nothing else is kept under this name
    return kept


def _day(visit: Visit, name: str) -> date | None:
    text = visit.query.get(name, "").strip()
    if not text:
        return None
    with suppress(ValueError):
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 -- a day, as people in China mean it
    raise CallerError("{name}: {text!r} is no day", remedy="write it as 2026-03-02", name=name, text=text)


def _csv(visit: Visit) -> File:
    counted = _counted(visit, _days(visit))
    if counted is None:
        raise Conflict("the figures of these days are being counted", remedy="ask for them again in some minutes")
    found = counted.report
    lines = csv_lines(csv_rows(found, None))
    return File(
        f"yizhan-figures-{found.first}-{found.last}.csv", "text/csv; charset=utf-8", (line.encode() for line in lines)
    )


SECTION = Section(
    pages=(Page("/figures", ("统计", "Figures"), "figures.html", _figures, in_menu=True, group=Group.CASES, every=0),),
    downloads=(Download("/figures.csv", Action.LOOK, _csv),),
)
