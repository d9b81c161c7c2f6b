"""The command with which the lead reminds a department by hand: chase."""

from __future__ import annotations

from typing import Annotated

import typer

from exchange.approval.window.leading.chasing import chase as chase_department
from exchange.cli.naming import called
from exchange.cli.options import CaseArgument, HomeOption, JsonOption, open_as
from exchange.cli.view import print_json, say
from exchange.language import tr
from exchange.runtime.settings import Settings


def chase(
    case: CaseArgument,
    department: Annotated[str, typer.Argument(help="The department that has not answered.")],
    words: Annotated[str, typer.Option(help="What you add; the department reads it.")] = "",
    officer: Annotated[str | None, typer.Option(help="Who presses (default: the window's officer).")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reminds a department by hand of a consultation that it has not answered: signed, once a working day.

    It moves no clock, and its silence means no more for it: monitors remind by themselves, and by law.

        exchange chase HEFEI-2026-000001 hefei.planning --words "the site visit was on Monday"
    """
    opened = open_as(Settings.read(home=home), None)
    message_id = chase_department(opened.node, case, department, officer or opened.profile.officer, words)
    if as_json:
        print_json({"case": case, "department": department, "message_id": message_id})
    else:
        say(tr("{department} is reminded of {case}: message {message_id}", department=called(department), case=case,
               message_id=message_id))  # fmt: skip
