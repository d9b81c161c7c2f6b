"""Commands that make a domain and look it over: init, doctor, schema; `whole` and `serving` run it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from exchange.cli.domain.whole import down, up
from exchange.cli.options import AnyHomeOption, JsonOption
from exchange.cli.view import console, print_json, say
from exchange.errors import CallerError
from exchange.language import tr
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.patience import with_patience
from exchange.runtime.supervision.stop import StopSignal
from exchange.setup.new_city import example_application, make_city


def register(app: typer.Typer) -> None:
    """Add the commands."""
    panel = "A domain"
    app.command("init", rich_help_panel=panel)(init)
    app.command("up", rich_help_panel=panel)(up)
    app.command("down", rich_help_panel=panel)(down)
    app.command("doctor", rich_help_panel=panel)(doctor)
    app.command("schema", rich_help_panel=panel)(schema)


def init(
    home: AnyHomeOption = None,
    departments: Annotated[
        Path | None, typer.Option(help="A folder of departments to start from (default: the packaged example city).")
    ] = None,
    new: Annotated[
        str | None,
        typer.Option(metavar="CITY", help="Begin with a small city of your own, to be edited: wuhu, or anhui.wuhu."),
    ] = None,
    anew: Annotated[
        list[str] | None,
        typer.Option(help="A member whose database is lost for good: it begins with an empty one. May be repeated."),
    ] = None,
    clock_is_right: Annotated[
        bool,
        typer.Option("--clock-is-right", help="The directory was signed by a clock that was ahead: sign a new one."),
    ] = False,
    roles: Annotated[
        bool | None,
        typer.Option(
            "--database-roles/--no-database-roles",
            help="PostgreSQL: give each member a role that sees its own records only, or none (default: in a new "
            "domain, where the given account may make roles).",
        ),
    ] = None,
    nodes: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=9,
            help="How many RabbitMQ nodes the domain's own broker has: 3 are a cluster on this machine, for trial. A "
            "single one can grow to three, never the other way (default: as many as before, else 1).",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Makes a domain: authority, keys, signed directory, databases, queues.

    Makes what is missing and leaves what is there: run it again after adding a department folder. Without
    EXCHANGE_BROKER_URL a private RabbitMQ node is set up in the domain's folder; without EXCHANGE_DATABASE_URL
    each member gets an SQLite file. A database that a member had is replaced by an empty one only with --anew:
    what it had taken in by then may take effect a second time if somebody sends it again.

    `exchange init --new wuhu` writes a window with its online window, a monitor, a department, a matter and an
    application to begin with, all commented, into the domain's folder `departments`; edit them there, and run
    `exchange init` again.
    """
    from exchange.setup.init import init_broker, init_files, own_broker, start_broker

    settings = Settings.read(home=home)
    own = own_broker(settings, nodes)
    if new is not None:
        _begin_city(settings, new, departments)
    with StopSignal():
        profiles = init_files(settings, say, departments, anew or (), clock_is_right=clock_is_right, roles=roles)
        broker, info = start_broker(settings, say, own=own)
        try:
            with_patience(lambda: init_broker(settings, info, profiles, say), say)
        finally:
            if broker is not None:
                broker.stop()
    there = f" --home {shlex.quote(str(home))}" if home is not None else ""
    said = tr("{count} members ready in {home}; run them with: exchange up", count=len(profiles), home=settings.home)
    say(f"{said} --detach{there}")
    if new is not None:
        application = shlex.quote(str(example_application(Home(settings.home))))
        say(tr("then hand in the example: exchange submit {application}", application=application) + there)
    if as_json:
        print_json({"home": str(settings.home), "members": list(profiles)})


def _begin_city(settings: Settings, city: str, departments: Path | None) -> None:
    if departments is not None:
        raise CallerError("--new and --departments both say with what to begin", remedy="give one of them")
    home = Home(settings.home)
    if make_city(home, city):
        say(tr("departments: a new city in {folder}; edit it, then run exchange init again", folder=home.departments))


def doctor(
    home: AnyHomeOption = None,
    member: Annotated[
        str | None, typer.Option(help="Only what this member needs, and whether it is being served.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Checks profiles, rules, clock, keys, databases, broker and queues, and says how to repair each.

    Changes nothing. Exit code 6 if something is bad; with --member that includes a member that is not being served.
    """
    from exchange.operations.health.checkups.doctor import examine, examine_member

    settings = Settings.read(home=home)
    findings = examine(settings) if member is None else examine_member(settings, member)
    if as_json:
        print_json([finding.facts() for finding in findings])
    else:
        table = Table(border_style="dim", header_style="bold", show_lines=False)
        for title in ("", tr("check"), tr("finding"), tr("remedy")):
            table.add_column(title, overflow="fold")
        for finding in findings:
            table.add_row(_LIGHTS[finding.level], *map(Text, finding.written()))
        console.print(table)
    if any(finding.level == "bad" for finding in findings):
        raise typer.Exit(6)


_LIGHTS = {"good": "[green]✓[/]", "note": "[yellow]![/]", "bad": "[bold red]✗[/]"}
"""Told apart by their sign; colour only helps."""


def schema(
    kind: Annotated[
        str | None, typer.Argument(help="A message kind, `asyncapi`, or `openapi`; default: all schemas.")
    ] = None,
) -> None:
    """Prints JSON Schema and AsyncAPI of everything that travels, or the OpenAPI document of the REST API."""
    from exchange.schemas.published.asyncapi import asyncapi
    from exchange.schemas.published.export import json_schemas

    schemas = json_schemas()
    if kind is None:
        print_json(schemas)
    elif kind == "asyncapi":
        print_json(asyncapi())
    elif kind == "openapi":
        from exchange.api.app import openapi

        print_json(openapi())
    elif kind in schemas:
        print_json(schemas[kind])
    else:
        print(f"no kind {kind!r}; one of: asyncapi, openapi, {', '.join(sorted(schemas))}", file=sys.stderr)
        raise typer.Exit(3)
