"""The command `exchange serving`: which process serves each member, and which one stands by."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import typer
from rich.table import Table

from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import console, plain, print_json
from exchange.clock import CST
from exchange.language import tr
from exchange.operations.domain_view import DomainView
from exchange.operations.serving import ServingView, view_serving
from exchange.runtime.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serving", rich_help_panel="Upkeep")(serving)


def serving(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Which process serves each member, where and since when, and which one stands by to take it over.

    Two processes serve one member with `exchange serve ADDRESS --standby`, or `exchange up --standby` on two machines.
    """
    with DomainView(Settings.read(home=home)) as view:
        found = list(view_serving(view))
    if as_json:
        print_json([_facts(one) for one in found])
        return
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("member"), tr("served by"), tr("since"), tr("stands by")):
        table.add_column(title)
    for one in found:
        table.add_row(*_row(one))
    console.print(table)


def _row(one: ServingView) -> tuple[Any, ...]:
    if one.unreadable is not None:
        return one.address, plain(str(one.unreadable), "bold red"), "", ""
    if not one.served or one.active is None:
        return one.address, plain(tr("nobody"), "bold red"), "", _standbys(one)
    active = f"{one.active.host} ({one.active.pid})"
    lone = one.active.standby and not one.standbys
    return one.address, active, _moment(one.active.since), plain(tr("nobody"), "yellow") if lone else _standbys(one)


def _standbys(one: ServingView) -> Any:
    said = [
        f"{standby.host} ({standby.pid})"
        + ", "
        + (tr("not fit: {why}", why=standby.unfit) if standby.unfit else tr("since {at}", at=_moment(standby.since)))
        for standby in one.standbys
    ]
    return plain("\n".join(said), "yellow" if any(standby.unfit for standby in one.standbys) else "")


def _moment(at: datetime) -> str:
    """When, by the clock on the wall: a domain's own clock knows nothing of processes."""
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M:%S}"


def _facts(one: ServingView) -> dict[str, Any]:
    return {
        "member": one.address,
        "served": one.served,
        "active": asdict(one.active) if one.active is not None and one.served else None,
        "standbys": [asdict(standby) for standby in one.standbys],
        "without_standby_seconds": round(one.lone.total_seconds()),
        "error": str(one.unreadable) if one.unreadable is not None else None,
    }
