"""The command with which a department announces a supplementary review after a default: supplementary-review."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from exchange.approval.department.supplementing import announce_review
from exchange.cli.options import HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json
from exchange.errors import CallerError
from exchange.language import tr
from exchange.runtime.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("supplementary-review", rich_help_panel="At a department")(supplementary_review)


def supplementary_review(
    case: Annotated[str, typer.Argument(help="A case in which your silence has had its effect.")],
    as_: Annotated[str, typer.Option("--as", help="The department that reviews.")],
    until: Annotated[str, typer.Option(metavar="DAY", help="The last day, 2026-03-20.")],
    officer: Annotated[str, typer.Option(help="Who announces it.")],
    reasons: Annotated[str, typer.Option(help="What is looked into; the lead reads it.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Announces that you review after all, once your silence has had its effect.

    It changes nothing of that effect. The result is your late opinion (`exchange reply`), which the lead looks at; if
    it is serious, the lead may reopen the case. You are reminded on the last day; what does not come is told to the
    lead and to the authority above you. It may take as many working days as your term had.

        exchange supplementary-review HEFEI-2026-000001 --as hefei.planning --until 2026-03-20

            --officer "Li Wei" --reasons "a site visit"
    """
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise CallerError("--until: {text!r} is no day", remedy="for example 2026-03-20", text=until) from None
    node = open_as(Settings.read(home=home), as_).node
    message_id = announce_review(node, case, day, officer, reasons)
    if as_json:
        print_json({"case": case, "message_id": message_id, "until": day.isoformat()})
    else:
        said = tr("supplementary review of {case} announced until {until}, message {message_id}", case=case,
                  until=day, message_id=message_id)  # fmt: skip
        console.print(plain(said))
