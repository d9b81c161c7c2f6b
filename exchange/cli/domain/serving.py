"""The command `exchange serve`: one member, with all that is needed to serve it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from exchange.cli.complete import member_addresses
from exchange.cli.domain.refusals import refuse_root
from exchange.cli.options import HomeOption
from exchange.cli.view import say
from exchange.language import tr
from exchange.machine.interpreter import settle_memory
from exchange.machine.posting.outgoing import PASSWORD_FILE
from exchange.runtime import logs
from exchange.runtime.confinement.member import confine_member, note_confined
from exchange.runtime.draining import DRAINED_EXIT, DrainWatch, drained, wait_for_release
from exchange.runtime.home import open_link, open_member
from exchange.runtime.member import RunningMember
from exchange.runtime.profile_work import open_serving_work
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.ends import LoopsWatched
from exchange.runtime.supervision.heartbeat import Liveness, heartbeat
from exchange.runtime.supervision.sole import orphaned
from exchange.runtime.supervision.stop import StopSignal
from exchange.schemas import Role
from exchange.telemetry.watching import resting, watching

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
    confined = confine_member(settings, address, read=_password_of_mails(settings, address))
    life = Liveness()
    with StopSignal() as stop, LoopsWatched() as loops, heartbeat(life.trouble):
        opened = open_member(settings, address, patient=True)
        note_confined(opened.store, confined)
        with opened.store.claim_identity(address) as claim, watching(opened.node, Home(settings.home)) as watch:
            if drained(opened.store) is not None:
                _end_drained(settings, address, stop, stay)
            member = RunningMember(
                opened.node,
                opened.store,
                open_link(settings, address),
                open_serving_work(opened, os.environ),
                intake=opened.intake,
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
