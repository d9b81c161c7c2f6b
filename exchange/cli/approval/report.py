"""The command that tells a window's figures, and what will default."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from exchange.approval.figures.counting import report as counted
from exchange.approval.rules.report.groups import ReportBy
from exchange.cli.approval.report_views import named, report_views, upcoming_view
from exchange.cli.naming import learn_domain
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, print_json, say
from exchange.clock import CST
from exchange.errors import CallerError, FileUnusable
from exchange.language import language, tr
from exchange.machine.files import write_secret
from exchange.machine.spreadsheet import csv_text
from exchange.operations.domain_view import DomainView
from exchange.operations.records.stores import stores_of
from exchange.operations.report.as_data import csv_rows, report_json, upcoming_json
from exchange.operations.report.picture import report_svg
from exchange.operations.search.terms import Upcoming, upcoming
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Role

_MOST_AHEAD = 365


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report", rich_help_panel="At the window")(report)


def report(
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="From this day on (default: 1 January).")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Up to this day (default: today).")
    ] = None,
    by: Annotated[
        ReportBy | None,
        typer.Option(help="What each line is (default: department; in --csv and --json each of all three)."),
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the table to this file, for a spreadsheet.")] = None,
    svg: Annotated[Path | None, typer.Option("--svg", help="Draw the report into this file.")] = None,
    ahead: Annotated[
        int | None,
        typer.Option(min=1, max=_MOST_AHEAD, help="Instead: what silence will come to in so many days, as a dry run."),
    ] = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """How departments keep their terms, how fast cases are decided, and what will default.

    Counted from the window's record: what was put to departments, decided and filed on these days. Withdrawn cases are
    left out, and of a case that was reopened only its last round counts.
    """
    settings = Settings.read(home=home)
    learn_domain(Home(settings.home))
    if ahead is not None:
        if any(given is not None for given in (since, until, by, csv, svg)):
            raise CallerError("--ahead goes with no other days, lines or files", remedy="give --ahead alone")
        _ahead(settings, ahead, as_json=as_json)
        return
    today = settings.clock.now().astimezone(CST).date()
    first = since.date() if since else today.replace(month=1, day=1)
    found = counted(open_as(settings, as_).node, first, until.date() if until else today)
    lines = by or ReportBy.DEPARTMENT
    if csv is not None:
        _write(csv, csv_text(csv_rows(found, by)))
    if svg is not None:
        _write(svg, report_svg(found, lines, named, language()))
    if as_json:
        print_json(report_json(found, by))
    elif not found.duties and not found.cases:
        console.print(tr("nothing was put to a department, decided or filed on these days"))
    else:
        for part in report_views(found, lines):
            console.print(part)


def _write(path: Path, text: str) -> None:
    try:
        write_secret(path, text.encode())
    except OSError as error:
        raise FileUnusable(
            "{path}: {reason}", remedy="name a file that can be written", path=path, reason=error.strerror
        ) from error
    say(tr("written: {path}", path=path))


def _ahead(settings: Settings, days: int, *, as_json: bool) -> None:
    """Nothing is done: what monitors would do is foreseen from what they watch."""
    now = settings.clock.now()
    with DomainView(settings) as view:
        found = _foreseen(view, now, timedelta(days=days))
    if as_json:
        print_json(upcoming_json(found, _day(now + timedelta(days=days))))
    elif found:
        console.print(upcoming_view(found))
    else:
        console.print(tr("no term ends within {days} days", days=days))


def _foreseen(view: DomainView, now: datetime, within: timedelta) -> list[Upcoming]:
    monitors, calendar = stores_of(view, Role.MONITOR), view.calendar()
    found: list[Upcoming] = []
    key = None
    while True:
        page = upcoming(monitors, calendar, now, within, key)
        found += page.rows
        key = page.next
        if key is None:
            return found


def _day(moment: datetime) -> date:
    return moment.astimezone(CST).date()
