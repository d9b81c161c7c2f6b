"""Commands by which officers of a department share out what waits: take, hand-over."""

from __future__ import annotations

from typing import Annotated

import typer

from exchange.approval.department import holding
from exchange.cli.options import HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json
from exchange.language import tr
from exchange.runtime.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the commands."""
    panel = "At a department"
    app.command("take", rich_help_panel=panel)(take)
    app.command("hand-over", rich_help_panel=panel)(hand_over)


def take(
    case: Annotated[str, typer.Argument(help="A case on the desk.")],
    as_: Annotated[str, typer.Option("--as", help="The department whose desk it is on.")],
    officer: Annotated[str, typer.Option(help="Who deals with it.")],
    give_back: Annotated[bool, typer.Option("--give-back", help="Nobody deals with it any more.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Notes who of the department deals with a case, or that nobody does any more.

    It keeps nobody from answering: the inbox shows whose it is. What another officer has is handed over by that one:
    `exchange hand-over`.
    """
    node = open_as(Settings.read(home=home), as_).node
    if give_back:
        holding.give_back(node, case, officer)
    else:
        holding.take(node, case, officer)
    _say(case, None if give_back else officer, as_json)


def hand_over(
    case: Annotated[str, typer.Argument(help="A case on the desk.")],
    as_: Annotated[str, typer.Option("--as", help="The department whose desk it is on.")],
    officer: Annotated[str, typer.Option(help="Who hands it over.")],
    to: Annotated[str, typer.Option(help="Who deals with it from now on.")],
    of_others: Annotated[bool, typer.Option("--of-others", help="Whoever has it now.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Notes that another officer of the department deals with a case from now on."""
    node = open_as(Settings.read(home=home), as_).node
    holding.hand_over(node, case, officer, to, of_others=of_others)
    _say(case, to, as_json)


def _say(case: str, holder: str | None, as_json: bool) -> None:
    if as_json:
        print_json({"case": case, "holder": holder})
    elif holder is None:
        console.print(plain(tr("{case}: nobody deals with it now", case=case)))
    else:
        console.print(plain(tr("{case}: {holder} deals with it", case=case, holder=holder)))
