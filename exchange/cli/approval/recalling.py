"""The command with which a department recalls its own opinion: recall."""

from __future__ import annotations

from typing import Annotated

import typer

from exchange.approval.department.recalling import recall as recall_opinion
from exchange.cli.options import HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json
from exchange.language import tr
from exchange.runtime.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("recall", rich_help_panel="At a department")(recall)


def recall(
    case: Annotated[str, typer.Argument(help="A case that was answered here.")],
    as_: Annotated[str, typer.Option("--as", help="The department whose opinion it is.")],
    officer: Annotated[str, typer.Option(help="Who recalls it.")],
    reasons: Annotated[str, typer.Option(help="Why; the lead reads it.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Recalls your own opinion, until the lead decides; the term runs on as if nothing had been said.

    Whether it counts the window's receipt says: `exchange show CASE --as DEPARTMENT`. Then the case lies on the desk
    again, for an officer, with what is left of its time; where that is over, an opinion still counts until the lead
    decides. A notice is recalled with `exchange notice recall`.

        exchange recall HEFEI-2026-000001 --as hefei.planning --officer "Li Wei" --reasons "a plan was overlooked"
    """
    node = open_as(Settings.read(home=home), as_).node
    message_id = recall_opinion(node, case, officer, reasons)
    if as_json:
        print_json({"case": case, "message_id": message_id})
    else:
        console.print(
            plain(
                tr("recalling: {case}, message {message_id}; the window's receipt says whether it counts",
                   case=case, message_id=message_id)
            )
        )  # fmt: skip
