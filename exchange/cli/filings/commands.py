"""Commands of the window on filings: list, show, accept, missing, refuse."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from exchange.approval.acceptance import officers
from exchange.approval.filings.states import FilingState
from exchange.cli.filings.app import NumberArgument, OfficerOption, PortalOption, filings
from exchange.cli.filings.views import filing_json, filing_view, filings_view, row_json
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json
from exchange.errors import CallerError
from exchange.language import tr
from exchange.runtime.settings import Settings
from exchange.schemas import AcceptanceOutcome, MissingItem

_LISTED = 50


class TurnedDown(StrEnum):
    """How a filing may be turned down."""

    NOT_NEEDED = AcceptanceOutcome.NOT_NEEDED.value
    NOT_COMPETENT = AcceptanceOutcome.NOT_COMPETENT.value
    REFUSED = AcceptanceOutcome.REFUSED.value


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(filings, name="filing", rich_help_panel="At the window")


@filings.command("list")
def list_(
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what waits for an officer, longest first.")] = False,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Filings at the window, newest first."""
    node = open_as(Settings.read(home=home), as_).node
    rows = officers.filings(node, FilingState.RECEIVED if waiting else None, _LISTED)
    if as_json:
        print_json([row_json(row) for row in rows])
    else:
        console.print(filings_view(rows) if rows else tr("no filings"))


@filings.command("show")
def show(
    number: NumberArgument,
    portal: PortalOption = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows a filing: who applies for what, what was handed in, and until when the window has to say something."""
    found = officers.filing_status(open_as(Settings.read(home=home), as_).node, number, portal)
    if as_json:
        print_json(filing_json(found))
    else:
        console.print(filing_view(found))


@filings.command("accept")
def accept(
    number: NumberArgument,
    officer: OfficerOption,
    promise: Annotated[
        list[str] | None,
        typer.Option(metavar="MATERIAL", help="A missing material that is handed in later; may be given often."),
    ] = None,
    portal: PortalOption = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Accepts a filing and opens its case: all departments of its first stage get it at once.

    It counts as accepted from the day the complete file came in. What is missing is refused here, unless the matter
    allows it to be handed in later (`--promise`).
    """
    node = open_as(Settings.read(home=home), as_).node
    case = officers.accept(node, number, officer, promised=promise or (), portal=portal)
    if as_json:
        print_json({"filing": number, "case": case})
    else:
        console.print(plain(tr("accepted: {number} is case {case}", number=number, case=case)))


@filings.command("missing")
def missing(
    number: NumberArgument,
    officer: OfficerOption,
    what: Annotated[
        list[str],
        typer.Option(metavar="WHAT=REMEDY", help="What is missing, and what to do about it; may be given often."),
    ],
    portal: PortalOption = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tells the applicant everything that is missing or not in form: once, and all of it together.

    exchange filing missing 2026-7KQ4-M2XD --officer "Li Wei" --what "plan=upload the stamped plan"
    """
    items = [_item(one) for one in what]
    node = open_as(Settings.read(home=home), as_).node
    message_id = officers.tell_incomplete(node, number, items, officer, portal=portal)
    if as_json:
        print_json({"filing": number, "message_id": message_id})
    else:
        console.print(plain(tr("told what is missing in {number}", number=number)))


@filings.command("refuse")
def refuse(
    number: NumberArgument,
    outcome: Annotated[TurnedDown, typer.Argument(help="not-needed · not-competent · refused")],
    officer: OfficerOption,
    reasons: Annotated[str, typer.Option(help="Why; the applicant reads it.")],
    competent: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which authority is competent, with not-competent.")
    ] = None,
    portal: PortalOption = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Turns a filing down: no licence is needed, another authority is competent, or it stays incomplete.

    The applicant gets a signed document with the reasons and where to turn against it.
    """
    node = open_as(Settings.read(home=home), as_).node
    said = AcceptanceOutcome(outcome.value)
    message_id = officers.refuse(node, number, said, reasons, officer, competent_body=competent, portal=portal)
    if as_json:
        print_json({"filing": number, "outcome": said.value, "message_id": message_id})
    else:
        console.print(plain(tr("turned down: {number}", number=number)))


def _item(text: str) -> MissingItem:
    what, found, remedy = text.partition("=")
    if not found or not what.strip() or not remedy.strip():
        raise CallerError(
            "--what: {text!r} does not say what to do about it",
            remedy="for example --what 'plan=upload the stamped plan'",
            text=text,
        )
    return MissingItem(what=what.strip(), remedy=remedy.strip())
