"""Commands about tokens of department systems: token new, list, revoke."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from exchange.audit.acting import acting_account
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.recorded import recorded
from exchange.cli.view import console, plain, print_json, say
from exchange.clock import RealClock
from exchange.language import tr
from exchange.operations.domain_view import DomainView
from exchange.operations.said.terms import moment
from exchange.operations.systems.issuing import DEFAULT_DAYS, make_token, revoke_token, token_state
from exchange.operations.systems.records import TokenRow
from exchange.operations.systems.store import Tokens
from exchange.runtime.settings import Settings

tokens = typer.Typer(no_args_is_help=True, help="Tokens with which department systems use the REST API.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(tokens, name="token", rich_help_panel="Console")
    tokens.command("new")(new)
    tokens.command("list")(list_)
    tokens.command("revoke")(revoke)


def new(
    member: Annotated[str, typer.Argument(metavar="ADDRESS", help="Whose token, for example hefei.planning.")],
    scope: Annotated[
        list[str],
        typer.Option(
            "--scope",
            metavar="SCOPE",
            help="send, receive, reply, read, submit, decide or file; may be given often.",
        ),
    ],
    name: Annotated[str, typer.Option("--name", help="Which system will use it.")],
    days: Annotated[int, typer.Option("--days", help="For how long it holds, at most 730.")] = DEFAULT_DAYS,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Makes a token for a member's system, and prints it this once.

    Standard output has the token alone, so that it can be piped to where it is kept; only a digest of it is kept here.
    Give a token the scopes its system needs and no more:

    - send: send documents · receive: the inbox and webhooks · reply: answer consultations · read: documents and states
    - of a window: submit: hand in and withdraw applications · decide: accept filings, decide cases, amend terms
    - of a portal: file: hand in for applicants, and what they say after it; and receive, read
    """
    settings = Settings.read(home=home)
    with recorded(settings, "token.new", f"{member} {' '.join(scope)}"), DomainView(settings) as view:
        row, text = make_token(view.console, view.profiles(), member, name, scope, days, acting_account())
    if as_json:
        print_json({**_json(row, RealClock().now()), "token": text})
        return
    say(
        tr(
            "token {token_id} for {member}, until {expires_at}; it is shown this once",
            token_id=row.token_id,
            member=row.member,
            expires_at=moment(row.expires_at),
        )
    )
    print(text)


def list_(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Lists the latest tokens: whose, what for, when used, until when. Never a token itself."""
    with DomainView(Settings.read(home=home)) as view, view.console.reading() as tx:
        rows = tx[Tokens].every()
    now = RealClock().now()
    if as_json:
        print_json([_json(row, now) for row in rows])
        return
    table = Table(header_style="bold", border_style="dim")
    for title in (
        "id",
        tr("member"),
        tr("system"),
        tr("scopes"),
        tr("state"),
        tr("last used"),
        tr("expires"),
    ):
        table.add_column(title)
    for row in rows:
        used = moment(row.last_used_at) if row.last_used_at else "–"
        cells = (row.token_id, row.member, row.name, " ".join(row.scopes), token_state(row, now), used)
        table.add_row(*map(plain, (*cells, moment(row.expires_at))))
    console.print(table)


def revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="As `exchange token list` names it.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revokes a token: the next request that bears it is refused."""
    settings = Settings.read(home=home)
    with recorded(settings, "token.revoke", token_id), DomainView(settings) as view:
        row = revoke_token(view.console, token_id, acting_account())
    if as_json:
        print_json(_json(row, RealClock().now()))
    else:
        console.print(plain(tr("revoked: token {token_id} of {member}", token_id=row.token_id, member=row.member)))


def _json(row: TokenRow, now: datetime) -> dict[str, object]:
    return {
        "id": row.token_id,
        "member": row.member,
        "name": row.name,
        "scopes": list(row.scopes),
        "state": token_state(row, now),
        "made_by": row.made_by,
        "made_at": row.made_at,
        "expires_at": row.expires_at,
        "last_used_at": row.last_used_at,
        "revoked_at": row.revoked_at,
    }
