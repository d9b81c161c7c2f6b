"""The command that shows how departments keep their terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from exchange.approval.rules.after.scorecard import Score
from exchange.approval.window.terms.scorecard import scorecard as scores
from exchange.cli.naming import in_full
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json
from exchange.clock import CST
from exchange.language import tr
from exchange.runtime.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("scorecard", rich_help_panel="At the window")(scorecard)


def scorecard(
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="What was put to them from this day on (default: 1 January)."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="And up to this day (default: today).")
    ] = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """How departments keep their terms: answered in time or late, reminded, defaulted, and the papers they owe.

    Counted from the window's record, of what was put to each department in these days; withdrawn cases are left out,
    and of a case that was reopened only its last round counts.
    """
    settings = Settings.read(home=home)
    today = settings.clock.now().astimezone(CST)
    first = since.replace(tzinfo=CST) if since else datetime(today.year, 1, 1, tzinfo=CST)
    last = until.replace(tzinfo=CST) if until else today.replace(hour=0, minute=0, second=0, microsecond=0)
    found = scores(open_as(settings, as_).node, first, last + timedelta(days=1))
    if as_json:
        print_json([asdict(one) for one in found])
    elif found:
        console.print(scores_table(found))
    else:
        console.print(tr("nothing was put to a department in these days"))


def scores_table(found: Sequence[Score]) -> Table:
    """Show departments' numbers, one a line."""
    titles = (
        tr("asked"), tr("in time"), tr("late"), tr("reminded"), tr("defaulted"), tr("escalated"), tr("corrected"),
        tr("papers owed"), tr("papers in time"), tr("papers late"), tr("papers overdue"), tr("most days late"),
    )  # fmt: skip
    table = Table(header_style="bold", border_style="dim", caption=tr("days are working days"), caption_justify="left")
    table.add_column(tr("department"), overflow="fold")
    for title in titles:
        table.add_column(title, justify="right")
    for one in found:
        numbers = (
            one.asked, one.in_time, one.late, one.reminded, one.defaulted, one.escalated, one.corrected,
            one.papers, one.papers_in_time, one.papers_late, one.papers_overdue, one.most_days_late,
        )  # fmt: skip
        table.add_row(plain(in_full(one.department)), *map(str, numbers))
    return table
