"""The command plan: what a country, or any part of it, would need."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from exchange.cli.operations.plan_rows import needs, peak
from exchange.cli.options import JsonOption
from exchange.cli.view import console, print_json
from exchange.language import tr
from exchange.plan.assumptions import CITY_CASES_A_MONTH, WORKING_DAYS, DecidingLevel, PlanAssumptions
from exchange.plan.measured import FIGURES
from exchange.plan.national import NationalPlan, plan

_DEFAULT = PlanAssumptions()


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("plan", rich_help_panel="A domain")(planned)


def _asked(help: str) -> Any:
    return typer.Option(help=help)


def planned(
    cases_a_day: Annotated[
        float | None, _asked("Cases on a working day, in the whole country (default: every city as Hefei in 2006).")
    ] = None,
    departments: Annotated[float, _asked("Departments that are asked in a case.")] = _DEFAULT.departments,
    peak_factor: Annotated[float, _asked("The busiest moment, by the mean of the hours.")] = _DEFAULT.peak_factor,
    hours: Annotated[float, _asked("Of a working day, in which cases come in.")] = _DEFAULT.hours,
    busiest: Annotated[float, _asked("The busiest domain, by the mean of its level.")] = _DEFAULT.busiest,
    deciding: Annotated[
        DecidingLevel, typer.Option("--at", help="The level whose windows take the cases.")
    ] = _DEFAULT.deciding,
    provinces: Annotated[int, _asked("Domains below the top.")] = _DEFAULT.provinces,
    cities: Annotated[int, _asked("Domains below the provinces, in all.")] = _DEFAULT.cities,
    counties: Annotated[int, _asked("Domains below the cities, in all.")] = _DEFAULT.counties,
    authorities: Annotated[float, _asked("Members of a domain.")] = _DEFAULT.authorities,
    letters_a_day: Annotated[float, _asked("Documents beside cases, in the whole country.")] = _DEFAULT.letters_a_day,
    notices_a_day: Annotated[float, _asked("Notices from the top to every county.")] = _DEFAULT.notices_a_day,
    cost_factor: Annotated[
        float, _asked("What a case costs by what was measured: more than 1 where few come at a time.")
    ] = _DEFAULT.cost_factor,
    cores: Annotated[int, _asked("Of a machine.")] = _DEFAULT.cores,
    disk_tb: Annotated[float, _asked("Of a machine, for databases.")] = _DEFAULT.disk_tb,
    link_mbit: Annotated[float, _asked("Of the link between two levels.")] = _DEFAULT.link_mbit,
    link_ms: Annotated[float, _asked("From one end of such a link to the other.")] = _DEFAULT.link_ms,
    as_json: JsonOption = False,
) -> None:
    """Says what a country would need: machines, brokers, databases, disk, links, and what breaks first.

    A model, and no measurement: costs are those of docs/benchmarks.md, each named with its day (--json); all else is
    assumed, and can be given. By default 31 provinces, 333 cities and 2,843 counties, with 20,000 cases a month in each
    city, as the public report of 2006 gives for one. docs/national.md has the formulas, what the model says, and how
    far it was off where it was held against measurements.

    One city alone: `exchange plan --provinces 0 --cities 1 --counties 0 --busiest 1`.
    """
    share = CITY_CASES_A_MONTH * 12 / WORKING_DAYS
    asked = PlanAssumptions(
        provinces=provinces, cities=cities, counties=counties, deciding=deciding,
        cases_a_day=cases_a_day if cases_a_day is not None else share * cities, departments=departments,
        cost_factor=cost_factor, letters_a_day=letters_a_day, notices_a_day=notices_a_day, hours=hours,
        peak_factor=peak_factor, busiest=busiest, cores=cores, disk_tb=disk_tb, link_mbit=link_mbit, link_ms=link_ms,
        authorities=authorities,
    )  # fmt: skip
    found = plan(asked)
    if as_json:
        print_json(found.as_data())
    else:
        _show(found)


def _show(found: NationalPlan) -> None:
    console.print(tr("By measured costs of {benchmarks} benchmarks and these assumptions; a model, and no measurement.",
                     benchmarks=len({one.benchmark for one in FIGURES.values()})))  # fmt: skip
    grid = Table.grid(padding=(0, 2))
    for label, value in needs(found):
        grid.add_row(label, value)
    console.print(grid)
    table = Table(tr("in the busiest domain, at the peak"), tr("used"), tr("a case waits"), tr("full at"))
    for row in peak(found):
        table.add_row(*row)
    console.print(table)
