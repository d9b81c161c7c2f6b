"""The command `exchange window`: the pages on which the public applies, served beside the portal member."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.domain.confined_face import confine_face
from exchange.cli.domain.console import say_elsewhere
from exchange.cli.domain.listening_options import listening_place
from exchange.cli.domain.refusals import refuse_root
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import print_json, say_link
from exchange.language import tr
from exchange.runtime import logs
from exchange.runtime.home import portal_of
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.stop import StopSignal
from exchange.web.listening import read_state


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("window", rich_help_panel="At the window")(public_window)


def public_window(
    listen: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help="Where to listen; anything but this machine needs TLS. Default: here, on the port of the last start, "
            "the first time one from 8500 on. Port 0: any.",
        ),
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="PEM file: certificate with its chain.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM file: its key, without a passphrase.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Serves the pages on which the public finds matters, applies and follows cases, until told to stop.

    It opens the store of the portal member and no other; `exchange up` serves that member and this. Further names under
    which people reach it stand in EXCHANGE_WINDOW_HOSTS, and the scanner of uploaded files in EXCHANGE_CLAMD.

    Exit code 2: would listen elsewhere without TLS; 3: no member of this domain has the role `portal`; 6: cannot
    listen.
    """
    from exchange.window.serve import PORTS, serve

    settings = Settings.read(home=home)
    refuse_root(settings, "window")
    logs.configure_for_service()
    supervised = "EXCHANGE_SUPERVISED" in os.environ
    confine_face(settings, portal_of(settings), (tls_cert, tls_key), writes_claims=True)

    def ready(url: str) -> None:
        if supervised:
            return
        if as_json:
            print_json({"url": url})
        else:
            say_link(tr("public window"), url)
            say_elsewhere(read_state(Home(settings.home).public_window(portal_of(settings))))

    with StopSignal() as stop:
        stop.gently()
        serve(settings, listening_place(listen, tls_cert, tls_key, PORTS), ready, stop.told)
