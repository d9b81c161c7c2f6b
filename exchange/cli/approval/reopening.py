"""The command with which the lead takes a closed case up again: reopen."""

from __future__ import annotations

from typing import Annotated

import typer

from exchange.approval.window.after.reopening import Reopening
from exchange.approval.window.after.reopening import reopen as take_up_again
from exchange.cli.complete import member_addresses
from exchange.cli.options import CaseArgument, HomeOption, JsonOption, open_as
from exchange.cli.view import print_json, say
from exchange.language import name_of, tr
from exchange.language.names import CASE_STATES
from exchange.runtime.settings import Settings
from exchange.schemas import OrderedBy


def reopen(
    case: CaseArgument,
    officer: Annotated[str, typer.Option(help="Who reopens it.")],
    reasons: Annotated[str, typer.Option(help="Why; told to the departments and shown to the applicant.")],
    basis: Annotated[list[str], typer.Option(help="Legal basis; required.")],
    ordered_by: Annotated[
        OrderedBy, typer.Option(help="At whose instance: lead · superior · reconsideration · court.")
    ] = OrderedBy.LEAD,
    order: Annotated[str | None, typer.Option(help="Number or date of the order, unless the lead reopens it.")] = None,
    ask: Annotated[
        list[str] | None,
        typer.Option(help="A department that is asked again; may be repeated.", autocompletion=member_addresses),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Takes a decided or withdrawn case up again; what was decided stays as it was signed.

        exchange reopen HEFEI-2026-000001 --officer 张主任 --ordered-by court --order "(2026)皖01行终1号" \\
            --basis 行政诉讼法第七十条 --reasons 原决定认定事实不清 --ask hefei.planning

    The former decision is shown with the case. Departments that are asked again have their full term; in a reopened
    case nobody's silence means anything, it is escalated. Without --ask the case waits for the lead's new decision,
    and no rule makes it.
    """
    wanted = Reopening(officer, reasons, tuple(basis), ordered_by, order, tuple(ask or ()))
    found = take_up_again(open_as(Settings.read(home=home), None).node, case, wanted)
    if as_json:
        print_json({"case": case, "state": found.state.value, "asked": list(dict.fromkeys(wanted.ask))})
        return
    say(tr("{case} is reopened: {state}", case=case, state=name_of(CASE_STATES, found.state.value)))
