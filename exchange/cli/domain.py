"""Commands that make and run a domain: init, up, serve, doctor, schema."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.table import Table
from rich.text import Text

from exchange.bootstrap import logs
from exchange.bootstrap.draining import DRAINED_EXIT, drained, is_drained, wait_for_release
from exchange.bootstrap.ends import LoopsWatched
from exchange.bootstrap.heartbeat import Liveness, heartbeat
from exchange.bootstrap.home import need_domain, open_link, open_member, open_work
from exchange.bootstrap.member import RunningMember
from exchange.bootstrap.new_city import example_application, make_city
from exchange.bootstrap.node_watch import NodeWatch
from exchange.bootstrap.patience import with_patience
from exchange.bootstrap.running import note, noted
from exchange.bootstrap.settings import Home, Settings
from exchange.bootstrap.stop import StopSignal
from exchange.bootstrap.supervise import Supervisor, orphaned, role_command, sole_supervisor
from exchange.bootstrap.vigil import LifePatience
from exchange.bootstrap.watching import resting, watching
from exchange.broker.node import NodeInfo, PrivateNode
from exchange.cli.complete import member_addresses
from exchange.cli.view import console, print_json, say
from exchange.errors import CallerError, DatabaseUnavailable, OperatorError
from exchange.files import refuse_foreign
from exchange.language import tr
from exchange.profiles import Profile, load_profiles
from exchange.store import SqlStore


def _home_option(callback: Callable[..., Path | None] | None) -> Any:
    return typer.Option(
        "--home",
        envvar="EXCHANGE_HOME",
        help="The domain's folder (default ./.exchange).",
        callback=callback,
        is_eager=callback is not None,
    )


def _with_domain(context: typer.Context, home: Path | None) -> Path | None:
    """Refuses a folder in which there is no domain, before anything else is looked at. Raises NoDomain."""
    if not context.resilient_parsing:
        need_domain(Home(Settings.read(home=home).home))
    return home


HomeOption = Annotated[Path | None, _home_option(_with_domain)]
"""The folder of a domain that is there."""
AnyHomeOption = Annotated[Path | None, _home_option(None)]
"""The same for what makes a domain, or says itself that there is none."""
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    panel = "A domain"
    app.command("init", rich_help_panel=panel)(init)
    app.command("up", rich_help_panel=panel)(up)
    app.command("down", rich_help_panel=panel)(down)
    app.command("serve", rich_help_panel=panel)(serve)
    app.command("doctor", rich_help_panel=panel)(doctor)
    app.command("schema", rich_help_panel=panel)(schema)


def refuse_root(settings: Settings, *words: str) -> None:
    """Keeps root from running a command for long in a domain of somebody else's. Raises OperatorError."""
    refuse_foreign(settings.home, shlex.join(["exchange", *words, "--home", str(settings.home)]))


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
        bool,
        typer.Option("--database-roles", help="PostgreSQL: give each member a role that sees its own records only."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Makes a domain: authority, keys, signed directory, databases, queues.

    Makes what is missing and leaves what is there: run it again after adding a department folder. Without
    EXCHANGE_BROKER_URL a private RabbitMQ node is set up in the domain's folder; without EXCHANGE_DATABASE_URL
    each member gets an SQLite file. A database that a member had is replaced by an empty one only with --anew:
    what it had taken in by then may take effect a second time if somebody sends it again.

    `exchange init --new wuhu` writes a window, a monitor, a department, a matter and an application to begin with, all
    commented, into the domain's folder `departments`; edit them there, and run `exchange init` again.
    """
    from exchange.bootstrap.init import init_broker, init_files, start_node

    settings = Settings.read(home=home)
    if new is not None:
        _begin_city(settings, new, departments)
    with StopSignal():
        profiles = init_files(settings, say, departments, anew or (), clock_is_right=clock_is_right)
        node, info = start_node(settings, say)
        try:
            with_patience(lambda: init_broker(settings, info, profiles, say), say)
        finally:
            if node is not None:
                node.stop()
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


def up(
    home: AnyHomeOption = None,
    with_console: Annotated[
        bool, typer.Option("--console/--no-console", help="Serve the operators' console too, and print its address.")
    ] = True,
    detach: Annotated[
        bool,
        typer.Option(
            "--detach", "-d", help="Run in the background; return when all is served. `exchange down` ends it."
        ),
    ] = False,
) -> None:
    """Runs the whole domain here, supervised: what dies is started again, and it is said.

    Starts the private node (or uses EXCHANGE_BROKER_URL), then one process a member and the operators' console, and
    looks after them. Ctrl-C stops everything in good order; with --detach, `exchange down` does. Logs are in the
    domain's log folder. Exit code 6 if no member can run here. With EXCHANGE_METRICS=PORT or HOST:PORT it answers
    /metrics, /healthz and /readyz for all.
    """
    from exchange.bootstrap.init import init_files, start_node

    settings, patience, _ = Settings.read(home=home), LifePatience.read(), logs.LogSize.read()
    refuse_root(settings, "up")
    if detach:
        from exchange.cli.background import start_detached

        start_detached(settings, with_console=with_console)
        return
    with sole_supervisor(settings.home) as hold, StopSignal() as stop, noted(Home(settings.home)):
        profiles = init_files(
            settings, say, on_lost=lambda error: say(tr("{error} → {remedy}", error=error, remedy=error.remedy))
        )
        node, info = start_node(settings, say)
        try:
            can_run = _supervise(settings, profiles, node, info, stop, with_console, hold, patience)
        finally:
            if node is not None:
                node.stop()
    say(tr("stopped"))
    if not can_run:
        raise OperatorError("no member can run here", remedy="see the logs in {logs}", logs=Home(settings.home).logs)


def _supervise(
    settings: Settings,
    profiles: dict[str, Profile],
    node: PrivateNode | None,
    info: NodeInfo,
    stop: StopSignal,
    with_console: bool,
    hold: Callable[[], None],
    patience: LifePatience | None,
) -> bool:
    """Keeps members, console and node running until told to stop; False if no member can run here."""
    from exchange.bootstrap.init import init_broker
    from exchange.bootstrap.up_metrics import domain_endpoint, member_environment
    from exchange.cli.console_child import DETACHED, ConsoleChild

    def provision(info: NodeInfo) -> None:
        init_broker(settings, info, profiles, say)

    with_patience(lambda: provision(info), say)
    environment = {"EXCHANGE_HOME": str(settings.home), **member_environment()}
    supervisor = Supervisor(say, environment, stop.told, is_drained(settings), patience)
    for address in profiles:
        supervisor.add(address, role_command(address), Home(settings.home).logs / f"{address}.log", beats=True)
    beside = [ConsoleChild(settings, supervisor).look] if with_console else []
    if node is not None:
        beside.append(NodeWatch(node, info, say, provision, supervisor.renew, stop.told).look)
    serving = tr("serving {count} members; logs in {logs}", count=len(profiles), logs=Home(settings.home).logs)
    say(serving if os.environ.get(DETACHED) else tr("{serving}; Ctrl-C stops", serving=serving))
    note(Home(settings.home), serving=True)

    def look() -> None:
        hold()
        for each in beside:
            each()

    with domain_endpoint(supervisor, Home(settings.home), profiles) as endpoint:
        if endpoint is not None:
            say(tr("metrics of all members at {url}/metrics", url=endpoint.place.url))
        stop.gently()
        return supervisor.run(look)


def down(home: HomeOption = None) -> None:
    """Stops what `exchange up` runs here, in good order, and returns when it has ended."""
    from exchange.bootstrap.running import stop

    say(tr("stopped") if stop(Home(Settings.read(home=home).home)) else tr("nothing is running here"))


def serve(
    address: Annotated[str, typer.Argument(help="The member's address.", autocompletion=member_addresses)],
    home: HomeOption = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log debugging details too.")] = False,
    stay: Annotated[
        bool,
        typer.Option("--stay", help="When drained, stay until the release, and end then with 0: for what restarts."),
    ] = False,
) -> None:
    """Serves one member, in the foreground, until told to stop.

    ADDRESS is that of a profile, for example hefei.planning. `exchange up` runs this for each member; in production
    one container or service runs one. With EXCHANGE_METRICS=PORT or HOST:PORT it answers /metrics, /healthz, /readyz.
    Exit code 9 when it is drained: do not start it again before the release. What starts whatever ends, as container
    engines do, gives --stay: then it answers /healthz and waits for the release. 10 when a part of it ended by itself.
    """
    logs.configure_for_service(verbose=verbose)
    settings = Settings.read(home=home)
    refuse_root(settings, "serve", address)
    life = Liveness()
    with StopSignal() as stop, LoopsWatched() as loops, heartbeat(life.trouble):
        opened = open_member(settings, address, patient=True)
        with opened.store.claim_identity(address) as claim, watching(opened.node, Home(settings.home)) as watch:
            if drained(opened.store) is not None:
                _end_drained(settings, address, stop, stay)
            member = RunningMember(
                opened.node, opened.store, open_link(settings, address), open_work(opened.profile, opened.take)
            )
            life.of(member.stuck)
            try:
                watch.serve(member, opened.store)
                member.start()
                stop.gently()
                while not stop.told.wait(0.5) and not orphaned():
                    loops.check()
                    if claim.lost is not None:
                        raise claim.lost
                    if _wants_drain(opened.store):
                        member.drain()
                        break
            finally:
                member.close()
        if not stop.told.is_set() and not orphaned():
            _end_drained(settings, address, stop, stay)


def _wants_drain(store: SqlStore) -> bool:
    """Whether it is to be drained; a database that is away for a moment says nothing about that."""
    try:
        return drained(store) is not None
    except DatabaseUnavailable:
        return False


def _end_drained(settings: Settings, address: str, stop: StopSignal, stay: bool) -> NoReturn:
    say(tr("{address} is drained; `exchange release {address}` has it served again", address=address))
    if not stay:
        raise typer.Exit(DRAINED_EXIT)
    with resting():
        wait_for_release(settings, address, stop.told)
    raise typer.Exit


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
    from exchange.bootstrap.doctor import examine, examine_member

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
    from exchange.schemas.asyncapi import asyncapi
    from exchange.schemas.export import json_schemas

    schemas = json_schemas()
    if kind is None:
        print_json(schemas)
    elif kind == "asyncapi":
        print_json(asyncapi())
    elif kind == "openapi":
        from exchange.console.api.app import openapi

        print_json(openapi())
    elif kind in schemas:
        print_json(schemas[kind])
    else:
        print(f"no kind {kind!r}; one of: asyncapi, openapi, {', '.join(sorted(schemas))}", file=sys.stderr)
        raise typer.Exit(3)


def names(home: Path) -> dict[str, str]:
    """Short names of all departments, by address."""
    return {address: profile.name for address, profile in load_profiles(Home(home).departments).items()}
