"""Commands that run a domain or one member of it: up, down, serve."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from exchange.cli.complete import member_addresses
from exchange.cli.domain.refusals import refuse_root
from exchange.cli.options import AnyHomeOption, HomeOption
from exchange.cli.view import say
from exchange.errors import OperatorError
from exchange.language import tr
from exchange.machine.interpreter import settle_memory
from exchange.runtime import logs
from exchange.runtime.confinement.member import confine_member, note_confined
from exchange.runtime.draining import DRAINED_EXIT, DrainWatch, drained, is_drained, wait_for_release
from exchange.runtime.home import open_link, open_member
from exchange.runtime.member import RunningMember
from exchange.runtime.profile_work import open_work
from exchange.runtime.profiles import Profile
from exchange.runtime.settings import Home, Settings, own_database
from exchange.runtime.supervision.ends import LoopsWatched
from exchange.runtime.supervision.heartbeat import Liveness, heartbeat
from exchange.runtime.supervision.node_watch import NodeWatch
from exchange.runtime.supervision.nursery import Nursery
from exchange.runtime.supervision.patience import with_patience
from exchange.runtime.supervision.running import note, noted
from exchange.runtime.supervision.sole import orphaned, role_command, sole_supervisor
from exchange.runtime.supervision.stop import StopSignal
from exchange.runtime.supervision.supervise import Supervisor
from exchange.runtime.supervision.vigil import LifePatience
from exchange.telemetry.watching import resting, watching

if TYPE_CHECKING:
    from exchange.setup.init import DomainBroker


_LOOK_EVERY = 1.0
"""Seconds between two looks of a member's process at what else than a signal would end it."""


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
    from exchange.setup.init import init_files, start_node

    settings, patience, _ = Settings.read(home=home), LifePatience.read(), logs.LogSize.read()
    refuse_root(settings, "up")
    if detach:
        from exchange.cli.domain.background import start_detached

        start_detached(settings, with_console=with_console)
        return
    with (
        sole_supervisor(settings.home) as hold,
        StopSignal() as stop,
        noted(Home(settings.home)),
        Nursery(say) as nursery,
    ):
        profiles = init_files(
            settings, say, on_lost=lambda error: say(tr("{error} → {remedy}", error=error, remedy=error.remedy))
        )
        broker = start_node(settings, say)
        try:
            can_run = _supervise(settings, profiles, broker, stop, with_console, hold, patience, nursery)
        finally:
            if broker.node is not None:
                broker.node.stop()
    say(tr("stopped"))
    if not can_run:
        raise OperatorError("no member can run here", remedy="see the logs in {logs}", logs=Home(settings.home).logs)


def _supervise(
    settings: Settings,
    profiles: dict[str, Profile],
    broker: DomainBroker,
    stop: StopSignal,
    with_console: bool,
    hold: Callable[[], None],
    patience: LifePatience | None,
    nursery: Nursery,
) -> bool:
    """Keeps members, console and node running until told to stop; False if no member can run here."""
    from exchange.cli.domain.console_child import DETACHED, ConsoleChild
    from exchange.machine.crew import Loop
    from exchange.operations.audit.heads import sign_heads
    from exchange.setup.freshness import Freshener
    from exchange.setup.init import init_broker
    from exchange.telemetry.up_metrics import domain_endpoint, member_environment

    with_patience(lambda: init_broker(settings, broker.info, profiles, say), say)
    environment = {"EXCHANGE_HOME": str(settings.home), **member_environment()}
    supervisor = Supervisor(say, environment, stop.told, is_drained(settings), patience, nursery)
    for address in profiles:
        log = Home(settings.home).logs / f"{address}.log"
        supervisor.add(address, role_command(address), log, beats=True, secret=own_database(settings, address))
    beside = [ConsoleChild(settings, supervisor).look] if with_console else []
    freshener = Freshener(settings)
    freshener.look()
    beside.append(freshener.look)
    Loop("audit-heads", partial(sign_heads, settings, stop.told), stop.told.is_set).start()
    if broker.node is not None:
        watch = NodeWatch(
            broker.node,
            broker.info,
            say,
            lambda info: init_broker(settings, info, profiles, say),
            supervisor.renew,
            stop.told,
        )
        beside.append(watch.look)
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
    from exchange.runtime.supervision.running import stop

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
    confined = confine_member(settings, address)
    life = Liveness()
    with StopSignal() as stop, LoopsWatched() as loops, heartbeat(life.trouble):
        opened = open_member(settings, address, patient=True)
        note_confined(opened.store, confined)
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
                settle_memory()
                stop.gently()
                drain = DrainWatch(opened.store)
                while not stop.told.wait(_LOOK_EVERY) and not orphaned():
                    loops.check()
                    if claim.lost is not None:
                        raise claim.lost
                    if drain.is_wanted():
                        member.drain()
                        break
            finally:
                member.close()
        if not stop.told.is_set() and not orphaned():
            _end_drained(settings, address, stop, stay)


def _end_drained(settings: Settings, address: str, stop: StopSignal, stay: bool) -> NoReturn:
    say(tr("{address} is drained; `exchange release {address}` has it served again", address=address))
    if not stay:
        raise typer.Exit(DRAINED_EXIT)
    with resting():
        wait_for_release(settings, address, stop.told)
    raise typer.Exit
