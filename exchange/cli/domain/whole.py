"""Commands that run a whole domain: up, down."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from exchange.cli.domain.refusals import refuse_root
from exchange.cli.options import AnyHomeOption, HomeOption
from exchange.cli.view import say
from exchange.errors import OperatorError
from exchange.language import tr
from exchange.runtime import logs
from exchange.runtime.draining import is_drained
from exchange.runtime.profiles import Profile
from exchange.runtime.settings import Home, Settings, own_database
from exchange.runtime.standby import check_shared, frozen_after
from exchange.runtime.supervision.broker_watch import BrokerWatch
from exchange.runtime.supervision.nursery import Nursery
from exchange.runtime.supervision.patience import with_patience
from exchange.runtime.supervision.running import note, noted
from exchange.runtime.supervision.sole import role_command, sole_supervisor
from exchange.runtime.supervision.stop import StopSignal
from exchange.runtime.supervision.supervise import Supervisor
from exchange.runtime.supervision.supervised import Backoff
from exchange.runtime.supervision.vigil import LifePatience

if TYPE_CHECKING:
    from exchange.setup.init import DomainBroker


def up(
    home: AnyHomeOption = None,
    with_console: Annotated[
        bool, typer.Option("--console/--no-console", help="Serve the operators' console too, and print its address.")
    ] = True,
    with_window: Annotated[
        bool,
        typer.Option("--window/--no-window", help="Serve the public window of the domain's portal, where it has one."),
    ] = True,
    with_desks: Annotated[
        bool,
        typer.Option("--desks/--no-desks", help="Serve the desks of members whose profile says `desk = true`."),
    ] = True,
    detach: Annotated[
        bool,
        typer.Option(
            "--detach", "-d", help="Run in the background; return when all is served. `exchange down` ends it."
        ),
    ] = False,
    standby: Annotated[
        bool,
        typer.Option("--standby", help="Of members that another machine serves, stand by, and take them over."),
    ] = False,
) -> None:
    """Runs the whole domain here, supervised: what dies is started again, and it is said.

    Starts the private node (or uses EXCHANGE_BROKER_URL), then one process a member, the operators' console, the public
    window and desks of members, and looks after them. Ctrl-C stops everything in good order; with --detach, `exchange
    down` does.
    Logs are in the domain's log folder. Exit code 6 if no member can run here. With EXCHANGE_METRICS=PORT or HOST:PORT
    it answers /metrics, /healthz and /readyz for all.

    With --standby it may run on two machines that share database server and broker: each member is served on one, and
    the other takes over what ends there. Console, public window and desks are served on both.
    """
    from exchange.setup.init import init_files, start_broker

    settings, patience, _, _ = Settings.read(home=home), LifePatience.read(), logs.LogSize.read(), Backoff.read()
    refuse_root(settings, "up")
    if standby:
        check_shared(settings)
        frozen_after()
    if detach:
        from exchange.cli.domain.background import start_detached

        wanted = {"with_console": with_console, "with_window": with_window, "with_desks": with_desks}
        start_detached(settings, **wanted, standby=standby)
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
        broker = start_broker(settings, say)
        try:
            faces = partial(_add_faces, settings, profiles, with_console, with_window, with_desks)
            can_run = _supervise(settings, profiles, broker, stop, faces, hold, patience, nursery, standby)
        finally:
            if broker.own is not None:
                broker.own.stop()
    say(tr("stopped"))
    if not can_run:
        raise OperatorError("no member can run here", remedy="see the logs in {logs}", logs=Home(settings.home).logs)


def _supervise(
    settings: Settings,
    profiles: dict[str, Profile],
    broker: DomainBroker,
    stop: StopSignal,
    faces: Callable[[Supervisor], Callable[[], None]],
    hold: Callable[[], None],
    patience: LifePatience | None,
    nursery: Nursery,
    standby: bool,
) -> bool:
    """Keeps members, console and node running until told to stop; False if no member can run here."""
    from exchange.cli.domain.face_child import DETACHED
    from exchange.machine.crew import Loop
    from exchange.operations.audit.heads import sign_heads
    from exchange.setup.freshness import Freshener
    from exchange.setup.init import init_broker
    from exchange.telemetry.up_metrics import domain_endpoint, member_environment

    with_patience(lambda: init_broker(settings, broker.info, profiles, say), say)
    environment = {"EXCHANGE_HOME": str(settings.home), **member_environment()}
    supervisor = Supervisor(say, environment, stop.told, is_drained(settings), patience, nursery, Backoff.read)
    for address in profiles:
        log = Home(settings.home).logs / f"{address}.log"
        command = role_command(address, standby=standby)
        supervisor.add(address, command, log, beats=True, secret=own_database(settings, address))
    beside = [faces(supervisor)]
    freshener = Freshener(settings)
    freshener.look()
    beside.append(freshener.look)
    Loop("audit-heads", partial(sign_heads, settings, stop.told), stop.told.is_set).start()
    if broker.own is not None:
        watch = BrokerWatch(
            broker.own,
            broker.info,
            say,
            lambda info: init_broker(settings, info, profiles, say),
            supervisor.renew,
            stop.told,
            backoff=Backoff.read,
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


def _add_faces(
    settings: Settings,
    profiles: dict[str, Profile],
    with_console: bool,
    with_window: bool,
    with_desks: bool,
    supervisor: Supervisor,
) -> Callable[[], None]:
    """Add the web faces that are wanted; returns what looks after them."""
    from exchange.cli.domain.faces import add_faces, look_after

    wanted = {"with_console": with_console, "with_window": with_window, "with_desks": with_desks}
    faces = add_faces(settings, supervisor, profiles.values(), **wanted)
    return partial(look_after, faces)


def down(home: HomeOption = None) -> None:
    """Stops what `exchange up` runs here, in good order, and returns when it has ended."""
    from exchange.runtime.supervision.running import stop

    say(tr("stopped") if stop(Home(Settings.read(home=home).home)) else tr("nothing is running here"))
