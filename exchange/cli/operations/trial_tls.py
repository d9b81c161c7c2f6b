"""The command that makes a trial authority for TLS and certificates for servers: tls."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from exchange.cli.options import AnyHomeOption, JsonOption
from exchange.cli.view import console, plain, print_json, say
from exchange.language import tr
from exchange.machine.transport.trust import TLS
from exchange.runtime import logs
from exchange.runtime.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("tls", rich_help_panel="Keys")(tls)


def tls(
    wanted: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME=HOST,HOST",
            help="A certificate and by which names and numbers its server is reached, for example "
            "broker=mq1.example.org,10.0.0.5; without hosts as it is.",
        ),
    ] = None,
    days: Annotated[int, typer.Option(help="For how many days new certificates are made.")] = 365,
    renew: Annotated[bool, typer.Option("--renew", help="Make them anew, even if much of their time is left.")] = False,
    home: AnyHomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Makes a trial authority for TLS, and certificates for broker, database and doors.

    They lie in the domain's folder, below tls/: NAME.crt and NAME.key, and authority.crt, by which clients verify them
    (EXCHANGE_TLS_AUTHORITY, sslrootcert). Without names: what is there, or broker, database and doors for this machine.
    Running it again changes nothing but what has less than a third of its time left, or other hosts; an authority that
    is there is never replaced. It vouches for servers alone, not for members. Where an authority of your own issues
    certificates, take that.
    """
    from exchange.setup.transport.trial_tls import TrialTls

    logs.configure(quiet=True)
    settings = Settings.read(home=home)
    asked = {}
    for word in wanted or ():
        name, _, hosts = word.partition("=")
        asked[name] = [host for host in hosts.split(",") if host]
    trial = TrialTls(settings.home / TLS, settings.home.name)
    found = trial.make(asked, settings.clock.now(), days, renew=renew)
    if as_json:
        print_json({"authority": trial.authority, "certificates": [
            {"name": one.name, "state": one.state, "certificate": one.certificate, "key": one.key,
             "hosts": one.hosts, "ends_at": one.ends_at} for one in found
        ]})  # fmt: skip
        return
    states = {"kept": tr("as it was"), "made": tr("made"), "renewed": tr("renewed")}
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("certificate"), "", tr("hosts"), tr("ends"), tr("file")):
        table.add_column(title, overflow="fold")
    for one in found:
        ends = f"{one.ends_at:%Y-%m-%d}"
        table.add_row(one.name, states[one.state.value], ", ".join(one.hosts), ends, plain(str(one.certificate)))
    console.print(table)
    say(tr("clients verify them by {file}", file=trial.authority))
