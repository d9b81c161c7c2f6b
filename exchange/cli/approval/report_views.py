"""How a report looks in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text as Shown

from exchange.approval.rules.report.groups import FigureKey, Report, ReportBy
from exchange.cli.naming import called, in_full, matter_called
from exchange.cli.view import plain
from exchange.clock import end_text
from exchange.language import choose, language, tr
from exchange.operations.report.columns import CASES, DUTIES, PAPERS, PROGRAMME, FigureColumn
from exchange.operations.search.terms import Upcoming
from exchange.web.words import FATES

T = TypeVar("T")


def named(key: FigureKey) -> str:
    """Say of what a line tells."""
    if key.department:
        return in_full(key.department)
    return matter_called(key.matter) if key.matter else key.month


def report_views(report: Report, by: ReportBy) -> Iterator[RenderableType]:
    """Show a report: the programme's terms, the cases, the departments' duties, and the papers that they owe."""
    span = {"first": report.first, "last": report.last}
    yield _table(tr("From {first} to {last}", **span), PROGRAMME, {FigureKey(): report.total})
    if by is not ReportBy.DEPARTMENT:
        yield _table(tr("Cases decided, filings received"), CASES[len(PROGRAMME) :], report.cases_by(by))
    duties = report.duties_by(by)
    yield _table(tr("Duties of the departments"), DUTIES, duties)
    owing = {key: one for key, one in duties.items() if one.papers}
    if owing:
        yield _table(tr("Papers owed after deemed consents"), PAPERS, owing)


def _table(title: str, columns: Sequence[FigureColumn[T]], lines: Mapping[FigureKey, T]) -> Table:
    caption = tr("days are working days")
    looks: dict[str, Any] = {"header_style": "bold", "border_style": "dim"}
    aligned: dict[str, Any] = {"title_justify": "left", "caption_justify": "left"}
    table = Table(title=title, caption=caption, **looks, **aligned)
    several = lines.keys() != {FigureKey()}
    if several:
        table.add_column("", overflow="fold")
    for column in columns:
        table.add_column(column.title.written(language()), justify="right")
    for key, figures in lines.items():
        cells = [column.written(figures, tr("none")) for column in columns]
        table.add_row(*([plain(named(key))] if several else []), *cells)
    return table


def upcoming_view(found: Sequence[Upcoming]) -> Table:
    """Show what silence will come to, the earliest first."""
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("case"), tr("department"), tr("due"), tr("if nobody answers"), tr("why")):
        table.add_column(title, overflow="fold")
    for one in found:
        deadline, due_at = one.row.deadline, one.row.due_at
        due = end_text(due_at) if due_at is not None else ""
        reasons = choose(("；", "; ")).join(map(tr, one.forecast.reasons))
        table.add_row(
            deadline.case_number, called(deadline.department), due, choose(FATES[one.forecast.fate]), Shown(reasons)
        )
    return table
