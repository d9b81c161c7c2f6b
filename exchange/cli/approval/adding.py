"""The command with which the lead asks the competent body in place of one that is not: add-body."""

from __future__ import annotations

from typing import Annotated

import typer

from exchange.approval.window.adding import Addition
from exchange.approval.window.adding import add_body as add_to_case
from exchange.cli.complete import member_addresses
from exchange.cli.naming import called
from exchange.cli.options import CaseArgument, HomeOption, JsonOption, open_as
from exchange.cli.view import print_json, say
from exchange.language import tr
from exchange.runtime.settings import Settings


def add_body(
    case: CaseArgument,
    department: Annotated[
        str, typer.Argument(help="Address of the body that is competent.", autocompletion=member_addresses)
    ],
    officer: Annotated[str, typer.Option(help="Who adds it.")],
    instead_of: Annotated[
        str | None,
        typer.Option(help="The department that is not competent; may be left out where one alone is."),
    ] = None,
    days: Annotated[
        int | None, typer.Option(help="A longer term than the matter's, in working days; never a shorter one.")
    ] = None,
    reasons: Annotated[str, typer.Option(help="Required where it is another body than the one that was named.")] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the competent body in a running case, in place of a department that is not.

        exchange add-body HEFEI-2026-000001 hefei.transport --officer 张主任

    `exchange status CASE` shows who is not competent, and whom it names. The body gets the whole application and its
    own full term. Where the matter does not know it (`further`), its silence has no consequence.
    """
    addition = Addition(department, officer, instead_of, days, reasons)
    part = add_to_case(open_as(Settings.read(home=home), None).node, case, addition)
    if as_json:
        told = {"case": case, "department": part.department, "instead_of": part.instead_of}
        print_json({**told, "message_id": part.consultation_id})
        return
    say(
        tr(
            "{case}: {department} is asked in place of {instead_of}; message {message_id}",
            case=case,
            department=called(part.department),
            instead_of=called(part.instead_of or ""),
            message_id=part.consultation_id,
        )
    )
