"""Commands of the domain's authority, and the view of a member's keys: certify, keys."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from exchange.audit.acting import acting_account
from exchange.cli.domain.revocation import say_door
from exchange.cli.naming import in_full, learn_domain
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import console, print_json, say
from exchange.errors import CallerError
from exchange.language import choose, listed, tr
from exchange.operations.domain_view import DomainView
from exchange.operations.revocation.closing import open_doors
from exchange.runtime.home import open_directory
from exchange.runtime.settings import Home, Settings
from exchange.setup.broker_accounts import revoked_members
from exchange.setup.certify import certify as certify_member
from exchange.setup.keyring import KeyLine, Keyring, retire, survey

Member = Annotated[str, typer.Argument(metavar="ADDRESS", help="The member, for example hefei.planning.")]
_COLOURS = {"current": "green", "old": "yellow", "revoked": "red"}
_STATES = {"current": ("现用", "current"), "old": ("旧", "old"), "revoked": ("已吊销", "revoked")}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    panel = "Keys"
    app.command("certify", rich_help_panel=panel)(certify)
    app.command("keys", rich_help_panel=panel)(keys)


def certify(address: Member, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Gives a member a new key pair and publishes it in the directory.

    The old certificate stays in the directory, so that what was signed with it goes on verifying; the old decryption
    keys stay with the member until `exchange keys --retire` deletes them. Members that are being served take the new
    directory by themselves. A member that was revoked is taken back by its new certificate: its account at the broker
    gets another password, and it is served again; tokens and webhooks are made anew. Needs the authority's key.
    """
    settings = Settings.read(home=home)
    with DomainView(settings) as view:
        was_revoked = address in revoked_members(settings)
        certify_member(settings, address, say)
        for one in open_doors(view, address, acting_account()) if was_revoked else ():
            if not as_json:
                say_door(one, opened=True)
    learn_domain(Home(settings.home))
    _show([survey(settings, address)], as_json=as_json)


def keys(
    as_: Annotated[str | None, typer.Option("--as", help="The member whose keys to look at (default: all).")] = None,
    retire_: Annotated[
        bool, typer.Option("--retire", help="Delete its old decryption keys that nothing is sealed to any more.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows a member's keys: since when, until when, and whether anything may still be sealed to an old one.

    Counted for an old decryption key: the copies for the member, in the databases of this domain that are here, that
    are sealed to it and for which no receipt has come (of receipts themselves: that the member has not recorded).
    Copies on other machines are not counted; neither are dead letters.
    """
    settings = Settings.read(home=home)
    if retire_:
        if as_ is None:
            raise CallerError("--retire deletes keys of one member", remedy="name it: --as ADDRESS")
        for name in retire(settings, as_, say):
            say(tr("keys: {as_} deleted {name}", as_=as_, name=name))
    learn_domain(Home(settings.home))
    addresses = [as_] if as_ else [one.address for one in open_directory(Home(settings.home), settings).members]
    _show([survey(settings, address) for address in addresses], as_json=as_json)


def _show(rings: list[Keyring], *, as_json: bool) -> None:
    if as_json:
        print_json([_json(ring) for ring in rings])
        return
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("member"), tr("use")):
        table.add_column(title, overflow="fold")
    for title in (tr("key"), tr("since"), tr("valid until")):
        table.add_column(title, no_wrap=True)
    for title in (tr("state"), tr("unsettled")):
        table.add_column(title, overflow="fold")
    for ring in rings:
        for key in ring.keys:
            table.add_row(*_cells(ring, key))
    console.print(table)
    for ring in rings:
        if ring.unread:
            console.print(Text(tr("not counted, since not to be read here: {members}", members=listed(ring.unread))))
        if ring.behind:
            console.print(Text(tr("not served with the present directory yet: {members}", members=listed(ring.behind))))


def _cells(ring: Keyring, key: KeyLine) -> list[Text]:
    unsettled = "" if key.unsettled is None else str(key.unsettled)
    state = choose(_STATES[key.state])
    if key.revoked_at is not None:
        state += f" {key.revoked_at:%Y-%m-%d %H:%M %z}: {key.reason}"
    return [
        Text(in_full(ring.address)),
        Text(tr("signing") if key.use == "signing" else key.suite),
        Text(key.name),
        Text(f"{key.since:%Y-%m-%d}"),
        Text(f"{key.until:%Y-%m-%d}"),
        Text(state, style=_COLOURS[key.state]),
        Text(unsettled),
    ]


def _json(ring: Keyring) -> dict[str, Any]:
    return {
        "address": ring.address,
        "keys": [key.__dict__ for key in ring.keys],
        "drained": list(ring.drained),
        "not_counted": list(ring.unread),
        "behind": list(ring.behind),
    }
