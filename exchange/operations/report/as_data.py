"""A report for programs: as JSON, and as the rows of a CSV table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from exchange.approval.rules.report.groups import FigureKey, Report, ReportBy
from exchange.operations.report.columns import CASES, DUTIES, PAPERS, PROGRAMME, FigureColumn
from exchange.operations.search.terms import Upcoming

T = TypeVar("T")
_KEYS = ("month", "matter", "department")
_CASE_PREFIX = "case_"
"""Before the columns of cases in a table that has both."""


def report_json(report: Report, by: ReportBy | None) -> Mapping[str, Any]:
    """Return a report as JSON; by nothing, each department, matter and month by itself."""
    return {
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "by": by.value if by is not None else None,
        "programme": _figures(PROGRAMME, report.total),
        "cases": [_line(key, CASES, one) for key, one in _cases(report, by).items()],
        "duties": [_line(key, (*DUTIES, *PAPERS), one) for key, one in _duties(report, by).items()],
    }


def csv_rows(report: Report, by: ReportBy | None) -> Iterator[Sequence[object]]:
    """Yield a table with a line for each department's duties and for the cases, its titles first.

    What a line says nothing of is empty.
    """
    duties, cases = (*DUTIES, *PAPERS), CASES
    yield ("from", "to", *_KEYS, *(one.name for one in duties), *(f"{_CASE_PREFIX}{one.name}" for one in cases))
    span = (report.first.isoformat(), report.last.isoformat())
    for key, figures in _duties(report, by).items():
        yield (*span, *_key(key), *(_cell(one.plain(figures)) for one in duties), *("" for _ in cases))
    for key, counted in _cases(report, by).items():
        yield (*span, *_key(key), *("" for _ in duties), *(_cell(one.plain(counted)) for one in cases))


def upcoming_json(found: Sequence[Upcoming], until: date) -> Mapping[str, Any]:
    """Return as JSON what silence will come to."""
    return {"until": until.isoformat(), "terms": [_upcoming(one) for one in found]}


def _upcoming(one: Upcoming) -> Mapping[str, Any]:
    deadline, due_at = one.row.deadline, one.row.due_at
    return {
        "case_number": deadline.case_number,
        "matter": deadline.matter,
        "department": deadline.department,
        "due_at": due_at.isoformat() if due_at is not None else None,
        "fate": one.forecast.fate.value,
        "obstacles": list(one.forecast.reasons),
    }


def _duties(report: Report, by: ReportBy | None) -> Mapping[FigureKey, Any]:
    return report.duties_by(by) if by is not None else dict(sorted(report.duties.items()))


def _cases(report: Report, by: ReportBy | None) -> Mapping[FigureKey, Any]:
    return report.cases_by(by) if by is not None else dict(sorted(report.cases.items()))


def _line(key: FigureKey, columns: Sequence[FigureColumn[T]], figures: T) -> Mapping[str, Any]:
    named = {name: value for name, value in zip(_KEYS, _key(key), strict=True) if value}
    return {**named, **_figures(columns, figures)}


def _figures(columns: Sequence[FigureColumn[T]], figures: T) -> Mapping[str, Any]:
    return {one.name: one.plain(figures) for one in columns}


def _key(key: FigureKey) -> tuple[str, str, str]:
    return key.month, key.matter, key.department


def _cell(value: float | None) -> object:
    return "none" if value is None else value
