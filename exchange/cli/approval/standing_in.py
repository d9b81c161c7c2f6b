"""Commands about who of a member's office stands in for whom: stand-in record, list, end."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json, say
from exchange.errors import BadAccount, CallerError
from exchange.language import joined, tr
from exchange.runtime.settings import Settings
from exchange.web.door.permissions import AccountRole
from exchange.web.door.store import Accounts
from exchange.web.stand_ins.recording import (
    check_may_record,
    end_stand_in,
    faults_of_wanted,
    record_stand_in,
    stand_in_matters,
)
from exchange.web.stand_ins.records import StandIn
from exchange.web.stand_ins.rules import WantedStandIn
from exchange.web.stand_ins.store import StandIns

_stand_in = typer.Typer(no_args_is_help=True, help="Who of an office stands in for a colleague who is away.")
_LISTED = 60
ByOption = Annotated[
    str, typer.Option("--by", metavar="ACCOUNT", help="Who says so: who is away, or a supervisor of the desk.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_stand_in, name="stand-in", rich_help_panel="At a department")


@_stand_in.command("record")
def record(
    absent: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Who is away.")],
    stand_in: Annotated[str, typer.Argument(metavar="BY", help="The account that stands in.")],
    until: Annotated[str, typer.Option(metavar="DAY", help="The last day, 2026-03-31.")],
    by: ByOption,
    since: Annotated[str | None, typer.Option("--from", metavar="DAY", help="The first day (default: today).")] = None,
    matter: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="In this matter only; several may be named.")
    ] = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Records who stands in for a colleague who is away: with the cases that the colleague has taken, at the desk.

    Nobody gains a right by it, and it ends by itself after its last day. Both are accounts of the member's desk.
    """
    node = open_as(Settings.read(home=home), as_).node
    today = node.clock.now().date()
    first, last = today if since is None else _day(since), _day(until)
    wanted = WantedStandIn(absent, stand_in, first, last, tuple(matter or ()))
    with node.step() as step:
        check_may_record(by, absent, supervises=_supervises(step.tx, by))
        faults = faults_of_wanted(step.tx, wanted, stand_in_matters(node, node.catalogue), today)
        if faults or first is None or last is None:
            what = joined(one for _, one, _ in faults)
            remedies = joined(dict.fromkeys(remedy for _, _, remedy in faults))
            raise CallerError("{faults_found}", remedy="{remedies}", faults_found=what, remedies=remedies)
        made = record_stand_in(step.tx, wanted, first, last, by, step.now)
    _say(made, as_json)


@_stand_in.command("list")
def list_(as_: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Lists who stands in for whom, the latest record first; what has ended stays in the list."""
    node = open_as(Settings.read(home=home), as_).node
    with node.store.reading() as tx:
        found = tx[StandIns].latest(_LISTED)
    if as_json:
        print_json([_json(one) for one in found])
        return
    if not found:
        console.print(tr("nobody stands in for anybody"))
    for one in found:
        console.print(plain(_line(one)))


@_stand_in.command("end")
def end(
    number: Annotated[int, typer.Argument(help="The record's number, as the list shows it.")],
    by: ByOption,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ends a record before its last day."""
    node = open_as(Settings.read(home=home), as_).node
    with node.step() as step:
        end_stand_in(step.tx, number, by, step.now, supervises=_supervises(step.tx, by))
        ended = step.tx[StandIns].get(number)
    if ended is not None:
        _say(ended, as_json)


def _supervises(tx: Any, by: str) -> bool:
    """Whether an account of the desk may say it for others. Raises BadAccount where there is none that can sign in."""
    row = tx[Accounts].get(by)
    if row is None or row.locked_at is not None:
        raise BadAccount("there is no such account that can sign in", remedy="name an account of the desk")
    return row.role is AccountRole.SUPERVISOR


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _say(one: StandIn, as_json: bool) -> None:
    if as_json:
        print_json(_json(one))
    else:
        say(_line(one))


def _line(one: StandIn) -> str:
    what = {"number": one.number, "stand_in": one.stand_in, "absent": one.absent}
    days = {"since": one.since.isoformat(), "until": one.until.isoformat()}
    said = tr("{number}: {stand_in} for {absent}, from {since} until {until}", **what, **days)
    if one.matters:
        said = tr("{said}, in {matters}", said=said, matters=", ".join(one.matters))
    return tr("{said}; ended by {by}", said=said, by=one.ended_by) if one.ended_at is not None else said


def _json(one: StandIn) -> dict[str, Any]:
    return {
        "number": one.number,
        "absent": one.absent,
        "stand_in": one.stand_in,
        "since": one.since,
        "until": one.until,
        "matters": list(one.matters),
        "recorded_by": one.recorded_by,
        "recorded_at": one.recorded_at,
        "ended_at": one.ended_at,
        "ended_by": one.ended_by,
    }
