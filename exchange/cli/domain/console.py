"""The command `exchange console`: the operators' pages, and what is done to its accounts and its log from here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from exchange.audit.chain import ChainHead, check_chain, parse_head
from exchange.cli.domain.refusals import refuse_root
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import console as out
from exchange.cli.view import plain, print_json, say, say_link
from exchange.errors import BadConfiguration, NotFound
from exchange.language import Unfit, tr
from exchange.operations.audit.store import AuditLog
from exchange.operations.domain_view import DomainView
from exchange.runtime import logs
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.stop import StopSignal
from exchange.web.door import managing
from exchange.web.door.accounts import account_name
from exchange.web.door.gate import gate_of
from exchange.web.door.sign_in import LINK_LASTS
from exchange.web.listening import HOST, ListeningPlace, Served, read_state, served_now


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("console", rich_help_panel="Upkeep")(console)


def console(
    host: Annotated[str, typer.Option(help="Where to listen; anything but this machine needs TLS.")] = HOST,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="Default: that of the last start; the first time one from 8480 on. If taken, a free one. 0: any.",
        ),
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="PEM file: certificate with its chain.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM file: its key, without a passphrase.")] = None,
    check_audit: Annotated[
        bool, typer.Option("--check-audit", help="Check the audit log's chain of hashes, print its head, and end.")
    ] = False,
    head: Annotated[
        str | None,
        typer.Option(metavar="NUMBER:HASH", help="With --check-audit: an entry noted earlier must be in it."),
    ] = None,
    new_link: Annotated[
        str | None, typer.Option(metavar="ACCOUNT", help="Print a one-time link for a new password, and end.")
    ] = None,
    where: Annotated[
        bool, typer.Option("--url", help="Print the address where the console is served here, alone, and end.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Serves the operators' console, in the foreground, until told to stop.

    Prints the address and, as long as there is no account, a one-time link that makes the first one: a security
    officer, who makes the others. `exchange up` runs it too. Listens on this machine only, or elsewhere with TLS.

    Exit code 2: would listen elsewhere without TLS; 3, with --url: it is not served here; 6: cannot listen, or the
    audit log does not verify.
    """
    settings = Settings.read(home=home)
    if check_audit or head is not None:
        _check_audit(settings, _noted(head), as_json)
    elif where:
        _print_url(settings, as_json)
    elif new_link is not None:
        _new_link(settings, new_link)
    else:
        _serve(settings, ListeningPlace(host, port, tls_cert, tls_key), as_json)


def _serve(settings: Settings, place: ListeningPlace, as_json: bool) -> None:
    from exchange.console.serve import serve

    refuse_root(settings, "console")
    logs.configure_for_service()
    supervised = "EXCHANGE_SUPERVISED" in os.environ

    def ready(url: str, view: DomainView) -> None:
        # A supervised console writes to a log, where a link has no place: its supervisor shows both.
        if supervised:
            return
        token = gate_of(view).first_link()
        if as_json:
            print_json({"url": url, "set_up": f"{url}/set-up/{token}" if token else None})
        else:
            say_link(tr("console"), url)
            say_elsewhere(read_state(Home(settings.home).console))
            say_first_link(url, token)

    with StopSignal() as stop:
        stop.gently()
        serve(settings, place, ready, stop.told)


def say_elsewhere(served: Served | None) -> None:
    """Say that the domain's own port is taken, where it is; the next start tries that again."""
    if served is not None and served.elsewhere:
        say(tr("port {wanted} is taken: this time on {port}", wanted=served.wanted or 0, port=served.port))


def say_first_link(url: str, token: str | None) -> None:
    """Print the set-up link, where there is one."""
    if token is not None:
        hours = LINK_LASTS.total_seconds() / 3600
        say_link(tr("first account (once, within {hours:.0f} h)", hours=hours), f"{url}/set-up/{token}")


def _check_audit(settings: Settings, noted: ChainHead | None, as_json: bool) -> None:
    with DomainView(settings) as view, gate_of(view).store.reading() as tx:
        found = tx[AuditLog].head()
        entries = check_chain(tx[AuditLog].entries(), found, noted)
    if as_json:
        print_json({"entries": entries, "head": str(found)})
    else:
        out.print(
            plain(tr("the audit log holds: {entries} entries, head {found}", entries=entries, found=found)),
            soft_wrap=True,
        )


def _noted(head: str | None) -> ChainHead | None:
    try:
        return parse_head(head) if head is not None else None
    except Unfit as error:
        raise BadConfiguration(
            error.text, remedy="give a head as --check-audit prints it, for example 12:9f…"
        ) from error


def _print_url(settings: Settings, as_json: bool) -> None:
    served = served_now(Home(settings.home).console)
    if served is None:
        raise NotFound("the console is not being served here", remedy="start it: exchange up, or exchange console")
    if as_json:
        print_json({"url": served.url})
    else:
        print(served.url)


def _new_link(settings: Settings, name: str) -> None:
    with DomainView(settings) as view:
        token = managing.reset_from_here(gate_of(view), account_name(name))
    served = read_state(Home(settings.home).console)
    say(tr("one-time link") + ("" if served else tr(", after the console's address")))
    out.print(plain(f"{served.url if served else ''}/set-up/{token}"), soft_wrap=True)
