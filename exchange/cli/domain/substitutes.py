"""Commands about who gives opinions for whom: substitute add, list, revoke."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from exchange.cli.complete import member_addresses
from exchange.cli.naming import in_full, learn_domain
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import console, plain, print_json, say
from exchange.clock import CST
from exchange.directory.substitutes import ends, in_force, standing
from exchange.errors import CallerError
from exchange.language import tr
from exchange.operations.said.terms import moment
from exchange.runtime.home import open_directory
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Substitution
from exchange.setup.substitutes import Ordered, add_substitution, revoke_substitution

_substitute = typer.Typer(no_args_is_help=True, help="Who gives opinions for another department, until when.")

DepartmentArgument = Annotated[
    str,
    typer.Argument(metavar="DEPARTMENT", help="In whose place, by address.", autocompletion=member_addresses),
]
ByArgument = Annotated[
    str, typer.Argument(metavar="BY", help="Who acts for it, by address.", autocompletion=member_addresses)
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_substitute, name="substitute", rich_help_panel="A domain")


@_substitute.command("add")
def add(
    department: DepartmentArgument,
    by: ByArgument,
    until: Annotated[str, typer.Option(metavar="DAY", help="The last day, 2026-03-31, or an ISO 8601 instant.")],
    order: Annotated[str, typer.Option(help="The order, or the department's own delegation: number or name.")],
    ordered_by: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The department itself, its superior, or the domain.")
    ],
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="The first day, or an instant (default: now).")
    ] = None,
    matter: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="In this matter only; several may be named.")
    ] = None,
    all_matters: Annotated[bool, typer.Option("--all-matters", help="In all matters, also future ones.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lets one department give opinions for another, for a time and in named matters. Needs the authority's key.

    For example, while a bureau is being merged:

        exchange substitute add hefei.heritage hefei.planning --until 2026-03-31 --all-matters

            --ordered-by hefei.heritage --order "..."

    It is signed into the directory, so every member checks it, and nobody acts by saying so. The department stays
    responsible: its terms run on by its own receipts, its silence counts as before, requests and reminders go to both,
    and either may answer; the first opinion counts.

    Refused are: oneself; a second substitute at the same time and in the same matter; one that acts for another, or is
    represented, at that time, since nobody passes on what is another's; more than 366 days; a beginning in the past.
    """
    settings = Settings.read(home=home)
    if bool(matter) == all_matters:
        raise CallerError("either --matter or --all-matters says where it counts", remedy="give one of the two")
    ordered = Ordered(
        department, by, _instant("--from", from_) if from_ else None, _instant("--until", until, last=True),
        None if all_matters else tuple(matter or ()), ordered_by, order,
    )  # fmt: skip
    made = add_substitution(settings, ordered, say)
    if as_json:
        print_json(facts(made))
        return
    learn_domain(Home(settings.home))
    said = {"serial": made.serial, "substitute": in_full(made.substitute), "department": in_full(made.department)}
    console.print(plain(tr("substitution {serial}: {substitute} acts for {department}", **said)))


@_substitute.command("list")
def list_(
    ended: Annotated[bool, typer.Option("--ended", help="Those that have ended, too.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists who acts for whom, and from when until when. Needs no key."""
    settings = Settings.read(home=home)
    now = settings.clock.now()
    there = open_directory(Home(settings.home), settings).directory.substitutions
    shown = list(there) if ended else standing(there, now)
    if as_json:
        print_json([facts(one) | {"in_force": in_force(one, now)} for one in shown])
        return
    if not shown:
        say(tr("nobody acts for another department"))
        return
    learn_domain(Home(settings.home))
    table = Table(header_style="bold", border_style="dim")
    titles = tr("no."), tr("department"), tr("substitute"), tr("from"), tr("until"), tr("matters"), tr("ordered by")
    for title in titles:
        table.add_column(title, overflow="fold")
    for one in shown:
        matters = tr("all") if one.matters is None else ", ".join(one.matters)
        until = moment(ends(one)) + (f" ({one.revoked_for})" if one.revoked_for else "")
        table.add_row(
            str(one.serial), plain(in_full(one.department)), plain(in_full(one.substitute)), moment(one.begins_at),
            plain(until), matters, plain(f"{in_full(one.ordered_by)}: {one.order}"),
        )  # fmt: skip
    console.print(table)


@_substitute.command("revoke")
def revoke(
    serial: Annotated[int, typer.Argument(metavar="NUMBER", help="As `exchange substitute list` shows it.")],
    reason: Annotated[str, typer.Option(help="Kept in the directory, for everybody to read.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ends a substitution now, which needs the authority's key.

    What the substitute has said until now stays said in the department's name.
    """
    settings = Settings.read(home=home)
    if not 1 <= len(reason) <= 500:
        raise CallerError("--reason: 1 to 500 characters", remedy="say briefly why")
    ended = revoke_substitution(settings, serial, reason, say)
    if as_json:
        print_json(facts(ended))
    else:
        console.print(plain(tr("substitution {serial} has ended", serial=serial)))


def facts(one: Substitution) -> dict[str, Any]:
    """Return a substitution, for machines."""
    return one.model_dump(mode="json")


def _instant(option: str, text: str, *, last: bool = False) -> datetime:
    """An instant, or a day: its beginning, or its end where it is the ``last``."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is not None:
        return datetime.combine(day, time(), CST) + timedelta(days=1 if last else 0)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise CallerError(
            "{option}: {text!r} is neither a day nor an instant", remedy="for example 2026-03-02",
            option=option, text=text,
        )  # fmt: skip
    return found
