"""The command `exchange serve`: one member, with all that is needed to serve it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from exchange.cli.complete import member_addresses
from exchange.cli.domain.refusals import refuse_root
from exchange.cli.options import HomeOption
from exchange.cli.view import say
from exchange.errors import IdentityLost
from exchange.language import tr
from exchange.machine.interpreter import settle_memory
from exchange.machine.posting.outgoing import PASSWORD_FILE
from exchange.messaging.quotas.settings import Quotas
from exchange.runtime import logs
from exchange.runtime.confinement.member import confine_member, note_confined
from exchange.runtime.draining import DRAINED_EXIT, DrainWatch, drained, wait_for_release
from exchange.runtime.home import OpenedMember, open_link, open_member
from exchange.runtime.member import RunningMember
from exchange.runtime.profile_work import open_serving_work
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.runtime.skewed_clock import with_skew
from exchange.runtime.standby import StandbyEnded, frozen_after, stand_by
from exchange.runtime.supervision.ends import LoopsWatched
from exchange.runtime.supervision.heartbeat import Liveness, heartbeat
from exchange.runtime.supervision.sole import orphaned
from exchange.runtime.supervision.stop import StopSignal
from exchange.schemas import Role
from exchange.telemetry.watching import MemberWatch, resting, standing_by, watching

OVERTAKEN_EXIT = 11
"""Exit code of a member's process, given --standby, that another one has taken over from."""

_LOOK_EVERY = 1.0
"""Seconds between two looks of a member's process at what else than a signal would end it."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve", rich_help_panel="A domain")(serve)


def serve(
    address: Annotated[str, typer.Argument(help="The member's address.", autocompletion=member_addresses)],
    home: HomeOption = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log debugging details too.")] = False,
    stay: Annotated[
        bool,
        typer.Option("--stay", help="When drained, stay until the release, and end then with 0: for what restarts."),
    ] = False,
    standby: Annotated[
        bool,
        typer.Option("--standby", help="While another process serves it, stand by, and take over when that one ends."),
    ] = False,
) -> None:
    """Serves one member, in the foreground, until told to stop.

    ADDRESS is that of a profile, for example hefei.planning. `exchange up` runs this for each member; in production
    one container or service runs one. With EXCHANGE_METRICS=PORT or HOST:PORT it answers /metrics, /healthz, /readyz.
    Exit code 9 when it is drained: do not start it again before the release. What starts whatever ends, as container
    engines do, gives --stay: then it answers /healthz and waits for the release. 10 when a part of it ended by itself.

    With --standby it may run twice, on two machines with the same database server and broker: one serves, the other
    waits and takes over within a second when that one has ended, and within half a minute when it is frozen, which
    then writes nothing more. Exit code 11 when another one has taken over: start it again, it stands by.
    `exchange serving` says who serves what. EXCHANGE_FROZEN_AFTER=SECONDS, or off: when it counts as frozen.
    """
    logs.configure_for_service(verbose=verbose)
    settings, patience = with_skew(Settings.read(home=home), address), frozen_after()
    refuse_root(settings, "serve", address)
    confined = confine_member(settings, address, read=_password_of_mails(settings, address))
    life = Liveness()
    with StopSignal() as stop, LoopsWatched() as loops, heartbeat(life.trouble):
        opened = open_member(settings, address, patient=True)
        wait = stand_by(settings, opened, stop.told, patience, orphaned, standing_by) if standby else None
        if standby:
            stop.gently()
        try:
            with opened.store.claim_identity(address, wait) as claim:
                if wait is not None and wait.waited:  # much may have changed since
                    opened = open_member(settings, address, store=opened.store)
                note_confined(opened.store, confined)
                if drained(opened.store) is not None:
                    _end_drained(settings, address, stop, stay)
                with watching(opened.node, Home(settings.home)) as watch:
                    _serve(settings, opened, claim.check_kept, watch, life, stop, loops)
        except StandbyEnded:
            return
        except IdentityLost as error:
            if not standby:
                raise
            say(tr("{error}; start this one again, it stands by", error=error))
            raise typer.Exit(OVERTAKEN_EXIT) from None
        if not stop.told.is_set() and not orphaned():
            _end_drained(settings, address, stop, stay)


def _serve(
    settings: Settings,
    opened: OpenedMember,
    check_kept: Callable[[], None],
    watch: MemberWatch,
    life: Liveness,
    stop: StopSignal,
    loops: LoopsWatched,
) -> None:
    """Serves what is claimed until told to stop, or to drain. Raises IdentityLost or PartEnded."""
    address = opened.node.address
    link, work = open_link(settings, address), open_serving_work(opened, os.environ)
    senders = Quotas.read().senders
    member = RunningMember(opened.node, opened.store, link, work, intake=opened.intake, senders=senders)
    life.of(member.stuck)
    try:
        watch.serve(member, opened.store)
        member.start()
        settle_memory()
        stop.gently()
        drain = DrainWatch(opened.store)
        while not stop.told.wait(_LOOK_EVERY) and not orphaned():
            loops.check()
            check_kept()
            if drain.is_wanted():
                member.drain()
                break
    finally:
        member.close()


def _password_of_mails(settings: Settings, address: str) -> list[Path]:
    """The file with the mail server's password, for a portal: nobody else reads it, nor do the pages of a portal."""
    file = os.environ.get(PASSWORD_FILE)
    if not file:
        return []
    profile = load_profiles(Home(settings.home).departments).get(address)
    return [Path(file)] if profile is not None and Role.PORTAL in profile.roles else []


def _end_drained(settings: Settings, address: str, stop: StopSignal, stay: bool) -> NoReturn:
    say(tr("{address} is drained; `exchange release {address}` has it served again", address=address))
    if not stay:
        raise typer.Exit(DRAINED_EXIT)
    with resting():
        wait_for_release(settings, address, stop.told)
    raise typer.Exit
