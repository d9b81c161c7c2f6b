"""The command `exchange desk`: the pages on which a member's officers work, served beside the member."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.complete import member_addresses
from exchange.cli.domain.confined_face import confine_face
from exchange.cli.domain.console import say_elsewhere, say_first_link
from exchange.cli.domain.listening_options import listening_place
from exchange.cli.domain.refusals import refuse_root
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import console as out
from exchange.cli.view import plain, print_json, say, say_link
from exchange.errors import BadConfiguration
from exchange.language import tr
from exchange.machine.posting.outgoing import PASSWORD_FILE
from exchange.runtime import logs
from exchange.runtime.home import open_member
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.stop import StopSignal
from exchange.web.door import managing
from exchange.web.door.gate import Gate
from exchange.web.door.provider.settings import SECRET_FILE
from exchange.web.door.roles import DESK_DOOR
from exchange.web.door.sign_in import LINK_LASTS
from exchange.web.listening import read_state


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("desk", rich_help_panel="A domain")(desk)


def desk(
    address: Annotated[str, typer.Argument(help="The member's address.", autocompletion=member_addresses)],
    listen: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help="Where to listen; anything but this machine needs TLS. Default: here, on the port of the last start, "
            "the first time one from 8520 on. Port 0: any.",
        ),
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="PEM file: certificate with its chain.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM file: its key, without a passphrase.")] = None,
    account: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Print a one-time link for this account, which is made where there is none, and end."
        ),
    ] = None,
    role: Annotated[str | None, typer.Option(help="Of a new account: clerk, reviewer, signer or supervisor.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Serves a member's desk: pages on which its officers read, decide, write and sign, until told to stop.

    It opens the store of that member and no other; `exchange up` serves it beside the members whose profile says
    `desk = true`. Prints the address and, as long as there is no account, a one-time link that makes the first one: a
    supervisor, who makes the others. Further names under which people reach it stand in EXCHANGE_DESK_HOSTS.

    Exit code 2: nobody acts for this member, or it would listen elsewhere without TLS; 3: no such member; 6: cannot
    listen.
    """
    settings = Settings.read(home=home)
    if account is not None or role is not None:
        _hand_link(settings, address, account, role, as_json)
        return
    _serve(settings, address, listen, tls_cert, tls_key, as_json)


def _serve(
    settings: Settings, address: str, listen: str | None, tls_cert: Path | None, tls_key: Path | None, as_json: bool
) -> None:
    from exchange.desk.serve import PORTS, serve

    refuse_root(settings, "desk", address)
    logs.configure_for_service()
    supervised = "EXCHANGE_SUPERVISED" in os.environ
    secrets = [Path(file) for name in (PASSWORD_FILE, SECRET_FILE) if (file := os.environ.get(name))]
    confine_face(settings, address, (tls_cert, tls_key), secrets=secrets)

    def ready(url: str, gate: Gate) -> None:
        # A supervised desk writes to a log, where a link has no place: its supervisor shows both.
        if supervised:
            return
        token = gate.first_link()
        if as_json:
            print_json({"url": url, "set_up": f"{url}/set-up/{token}" if token else None})
        else:
            say_link(tr("desk of {address}", address=address), url)
            say_elsewhere(read_state(Home(settings.home).desk(address)))
            say_first_link(url, token)

    with StopSignal() as stop:
        stop.gently()
        serve(settings, address, listening_place(listen, tls_cert, tls_key, PORTS), ready, stop.told)


def _hand_link(settings: Settings, address: str, name: str | None, role: str | None, as_json: bool) -> None:
    """Make an account, or give one a new password's link: for whoever may run commands on the member's machine."""
    if name is None:
        raise BadConfiguration("--role says nothing by itself", remedy="give --account too")
    opened = open_member(settings, address)
    try:
        gate = Gate(opened.store, roles=DESK_DOOR)
        made, token = managing.link_from_here(gate, name, role)
    finally:
        opened.store.close()
    served = read_state(Home(settings.home).desk(address))
    link = f"{served.url if served else ''}/set-up/{token}"
    if as_json:
        print_json({"account": made.name, "role": made.role.value, "set_up": link})
        return
    hours = LINK_LASTS.total_seconds() / 3600
    say(tr("one-time link for {name} ({role}), within {hours:.0f} h", name=made.name, role=made.role, hours=hours))
    out.print(plain(link), soft_wrap=True)
