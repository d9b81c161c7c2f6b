"""The command `exchange breakers`: whose messages members keep out, and having them let in again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from exchange.audit.acting import acting_account
from exchange.cli.complete import member_addresses
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import console, plain, print_json
from exchange.clock import RealClock
from exchange.errors import CallerError, NotFound
from exchange.language import tr
from exchange.language.names import BREACHES, BREAKER_STATES, coded
from exchange.messaging.quotas.breakers import BreakerRow, Breakers
from exchange.operations.domain_view import DomainView
from exchange.operations.said.terms import moment
from exchange.runtime.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("breakers", rich_help_panel="Upkeep")(breakers)


def breakers(
    member: Annotated[
        str | None,
        typer.Argument(help="The member's address; without one, all members.", autocompletion=member_addresses),
    ] = None,
    close: Annotated[
        str | None,
        typer.Option("--close", metavar="ACCOUNT", help="Let in again what this account brings to the member."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Whose messages members keep out, since when and why; and having them let in again.

    A member does not open what an account brings while too much of it proves nobody (300 messages in a minute), or
    while more comes than the account's share (500 a second in the long run, 50,000 at once). Nothing of it is signed
    for, so what was sent in good faith comes again from its sender's outbox. A breaker ends by itself: after ten
    seconds for too much; after a minute, and each time twice as long up to a quarter of an hour, for what proves
    nobody, as soon as a message does. Opinions are never kept out.

    `--close` ends one at once, when its reason is repaired; the member goes by it within seconds.
    """
    if close is not None and member is None:
        raise CallerError("whose breaker?", remedy="name the member: exchange breakers ADDRESS --close ACCOUNT")
    with DomainView(Settings.read(home=home)) as view:
        known = list(view.profiles())
        if member is not None and member not in known:
            raise NotFound("{member} is no member here", remedy="`exchange breakers` lists all members", member=member)
        if close is not None and member is not None:
            _close(view, member, close)
            return
        found = {address: _of(view, address) for address in ([member] if member is not None else known)}
    if as_json:
        print_json({address: [_facts(row) for row in rows] for address, rows in found.items()})
        return
    rows = [(address, row) for address, rows in found.items() for row in rows]
    for address, row in rows:
        console.print(plain(_said(address, row)))
    if not rows:
        console.print(tr("no breaker has opened"))


def _of(view: DomainView, address: str) -> list[BreakerRow]:
    with view.store(address).reading() as tx:
        return tx[Breakers].every()


def _close(view: DomainView, member: str, source: str) -> None:
    with view.store(member).transaction() as tx:
        if not tx[Breakers].close(source, acting_account(), RealClock().now()):
            raise NotFound(
                "{member} keeps nothing of {source} out",
                remedy="exchange breakers {member}",
                member=member,
                source=source,
            )
    console.print(plain(tr("{member} lets in what {source} brings", member=member, source=source)))


def _facts(row: BreakerRow) -> dict[str, Any]:
    moments = ("opened_at", "until_at", "closed_at")
    return {name: at.isoformat() if name in moments and at is not None else at for name, at in asdict(row).items()}


def _said(address: str, row: BreakerRow) -> str:
    facts = {"member": address, "source": row.source, "shed": row.shed, "since": moment(row.opened_at)}
    if row.closed_at is not None:
        by = {"by": row.closed_by or "", "at": moment(row.closed_at)}
        return tr("{member}: {source}: let in again at {at} ({by}); {shed} messages had been kept out", **by, **facts)
    why, state = coded(BREACHES, row.breach.value), coded(BREAKER_STATES, row.state.value)
    return tr(
        "{member}: {source}: {state} since {since}: {why}; {shed} messages kept out", why=why, state=state, **facts
    )
