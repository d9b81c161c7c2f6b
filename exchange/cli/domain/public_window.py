"""The command `exchange window`: the pages on which the public applies, served beside the portal member."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.domain.console import say_elsewhere
from exchange.cli.domain.listening_options import listening_place
from exchange.cli.domain.refusals import refuse_root
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import print_json, say_link
from exchange.errors import FileUnusable
from exchange.language import tr
from exchange.machine.files import make_folder
from exchange.runtime import logs
from exchange.runtime.confinement.member import confine_member
from exchange.runtime.home import claims_place, portal_of
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
    _confine(settings, [one for one in (tls_cert, tls_key) if one is not None])

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


def _confine(settings: Settings, files: Sequence[Path]) -> None:
    """Keep this process to the portal's own folder, and large attachments: strangers reach it. Certificates are
    replaced while it runs, so what is read is their folders.
    """
    folders = [place.parent for one in files for place in (one.absolute(), one.resolve())]
    claims = claims_place(settings)
    if isinstance(claims, Path):
        with suppress(FileUnusable):  # said where somebody leaves something there
            make_folder(claims, 0o700)
    confine_member(settings, portal_of(settings), read=folders, write=[claims] if isinstance(claims, Path) else [])
