"""The command that links domains: link."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import console, plain, print_json, say
from exchange.directory.hierarchy import superior_of
from exchange.errors import BadConfiguration, CallerError
from exchange.language import tr
from exchange.machine.files import write_secret
from exchange.runtime.home import open_directory
from exchange.runtime.settings import Home, Settings
from exchange.setup.linking import LinkSide, LinkStatus

_TICKET = "link-{lower}.json"
"""What the lower domain needs to join, in the upper one's folder."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("link", rich_help_panel="Levels")(link)


def link(
    neighbour: Annotated[
        str | None, typer.Argument(help="The domain directly above or below; with --status, all links.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            envvar="EXCHANGE_LINK_TO",
            metavar="FILE|URL",
            help="How to reach the upper domain's broker: the file its `exchange link` wrote, or an AMQP URL.",
        ),
    ] = None,
    status: Annotated[bool, typer.Option("--status", help="Say how the links stand; change nothing.")] = False,
    cut: Annotated[bool, typer.Option("--cut", help="Stop the link; what is sent meanwhile waits.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Stop the link and forget its account.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Links this domain's broker with that of the level above or below.

    Run it above first: `exchange link anhui.hefei` admits the lower domain and writes a file for it. Then below:
    `exchange link anhui --to FILE`. Running it again changes nothing that stands. Queues are never deleted.
    """
    settings = Settings.read(home=home)
    if sum((status, cut, remove)) > 1 or (neighbour is None and not status):
        raise CallerError(
            "name one neighbour and at most one of --status, --cut, --remove", remedy="exchange link --help"
        )
    domain = open_directory(Home(settings.home), settings).domain
    from exchange.setup.init import start_broker

    node, info = start_broker(settings, say)
    try:
        side = LinkSide(domain, info, Home(settings.home).links)
        if status:
            _show(side, neighbour, as_json)
        elif cut or remove:
            _cut(side, str(neighbour), remove, as_json)
        elif neighbour == superior_of(domain):
            _join(side, str(neighbour), to, as_json)
        else:
            _admit(side, str(neighbour), settings.home, as_json)
    finally:
        if node is not None:
            node.stop()


def _admit(side: LinkSide, lower: str, folder: Path, as_json: bool) -> None:
    ticket = folder / _TICKET.format(lower=lower)
    url = side.admit(lower, say)
    write_secret(ticket, json.dumps({"upper": side.domain, "lower": lower, "url": url}))
    if as_json:
        print_json({"domain": side.domain, "admitted": lower, "ticket": str(ticket)})
    else:
        console.print(
            plain(
                tr(
                    "admitted: {lower}; it joins with: exchange link {domain} --to {ticket}",
                    lower=lower,
                    domain=side.domain,
                    ticket=ticket,
                )
            )
        )


def _join(side: LinkSide, upper: str, to: str | None, as_json: bool) -> None:
    declared = side.join(_url_of(to, side.domain), say)
    if as_json:
        print_json({"domain": side.domain, "joined": upper, "declared": declared})
    elif declared:
        console.print(plain(tr("linked with {upper}: {count} shovels declared", upper=upper, count=len(declared))))
    else:
        console.print(plain(tr("linked with {upper}: all shovels were there, nothing was changed", upper=upper)))


def _url_of(to: str | None, domain: str) -> str | None:
    """The AMQP URL that was given, or that stands in the file. Never quoted: it holds a password."""
    if to is None or to.startswith(("amqp://", "amqps://")):
        return to
    try:
        ticket = json.loads(Path(to).read_text(encoding="utf-8"))
        url, lower = str(ticket["url"]), str(ticket["lower"])
    except OSError as error:
        raise BadConfiguration(
            "{to}: {reason}", remedy="name the file that the upper domain wrote", to=to, reason=error.strerror
        ) from error
    except (ValueError, KeyError, TypeError):
        raise BadConfiguration(
            "{to} is not what `exchange link` wrote", remedy="have it written again above", to=to
        ) from None
    if lower != domain:
        raise CallerError(
            "{to} is for {lower}, this is {domain}",
            remedy="name the file written for this domain",
            to=to,
            lower=lower,
            domain=domain,
        )
    return url


def _cut(side: LinkSide, neighbour: str, forget: bool, as_json: bool) -> None:
    done = side.cut(neighbour, forget=forget)
    if as_json:
        print_json({"domain": side.domain, "cut": neighbour, "taken_away": done})
    else:
        what = tr("taken away: {what}", what=", ".join(done)) if done else tr("nothing was there to take away")
        console.print(
            plain(
                tr(
                    "cut from {neighbour}: {what}; what is sent meanwhile waits in its queues",
                    neighbour=neighbour,
                    what=what,
                )
            )
        )


def _show(side: LinkSide, neighbour: str | None, as_json: bool) -> None:
    found = [each for each in side.status() if neighbour in (None, each.neighbour)]
    transit = side.in_transit()
    if as_json:
        print_json({"domain": side.domain, "links": [_json(each) for each in found], "in_transit": transit})
        return
    for each in found:
        console.print(plain(_line(each)))
    if not found:
        console.print(plain(tr("no links")))
    console.print(plain(tr("waiting for the relay office: {transit}", transit=transit)))


def _line(link: LinkStatus) -> str:
    waiting = "?" if link.waiting is None else str(link.waiting)
    if not link.is_upper:
        return tr(
            "lower {neighbour}: {waiting} waiting for it; its broker has the shovels",
            neighbour=link.neighbour,
            waiting=waiting,
        )
    broken = [f"{shovel.name} {shovel.state}" for shovel in link.shovels if shovel.state != "running"]
    state = tr("running") if link.runs else "; ".join(broken)
    return tr(
        "upper {neighbour}: {state}; {waiting} waiting to go up", neighbour=link.neighbour, state=state, waiting=waiting
    )


def _json(link: LinkStatus) -> dict[str, object]:
    return {
        "neighbour": link.neighbour,
        "is_upper": link.is_upper,
        "shovels": {shovel.name: shovel.state for shovel in link.shovels},
        "runs": link.runs,
        "waiting": link.waiting,
    }
