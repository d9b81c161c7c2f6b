"""Commands of a portal on filings: hand-in (as a clerk enters a paper application), follow, state, withdraw."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.filings.app import NumberArgument, filings
from exchange.cli.filings.views import asked_json, asked_line, case_view_json, case_view_view, draft_view
from exchange.cli.options import HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json
from exchange.files.applications import read_application
from exchange.language import tr
from exchange.portal import drafting, handing_in, speaking, submitting
from exchange.portal.asked_about import holders_askers
from exchange.portal.codes import new_code
from exchange.portal.granted import licence_of_filing
from exchange.portal.submitting import Submission
from exchange.portal.uploads.scanning import scanner_of
from exchange.portal.uploads.submitted import looked_at
from exchange.portal.view import case_view
from exchange.runtime.settings import Settings
from exchange.schemas import FilingChannel
from exchange.web.door.passwords import Passwords

AsPortal = Annotated[str, typer.Option("--as", help="The portal, for example hefei.portal.")]


def register() -> None:
    """Add the commands to the group."""
    filings.command("hand-in")(hand_in)
    filings.command("follow")(follow)
    filings.command("state")(state)
    filings.command("withdraw")(withdraw)


def hand_in(
    file: Annotated[Path, typer.Argument(help="Application in TOML, as for `exchange submit`.")],
    as_: AsPortal,
    channel: Annotated[
        FilingChannel, typer.Option(help="counter: a clerk enters it from paper · api · web")
    ] = FilingChannel.COUNTER,
    declaration: Annotated[
        str, typer.Option(help="The statement of truth that the applicant has signed.")
    ] = drafting.DECLARATION,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hands an application in at a portal, as a clerk does who enters it from paper.

    Prints the number and, once, the access code by which the applicant follows it.
    """
    settings = Settings.read(home=home)
    application, contents = read_application(file, settings.clock)
    node = open_as(settings, as_).node
    code = new_code(secrets.token_bytes(8))
    submission = looked_at(scanner_of(os.environ), Submission(application, tuple(contents)))
    number = submitting.enter(node, submission, Passwords().hash(code.plain))
    handing_in.hand_in(node, number, declaration, channel)
    if as_json:
        print_json({"filing": number, "code": code.plain, "scanned": all(submission.scanned)})
    else:
        console.print(plain(tr("handed in: {number}; access code {code}, shown once", number=number, code=code.shown)))
        if not all(submission.scanned):
            console.print(plain(tr("its files are not scanned, and are marked so")))


def follow(number: NumberArgument, as_: AsPortal, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """How a filing and its case stand for the applicant, by the window's signed papers."""
    node = open_as(Settings.read(home=home), as_).node
    draft = drafting.draft_of(node, number)
    if draft.filing_id is None and not as_json:
        console.print(draft_view(draft))
        return
    found = case_view(node, number)
    licence = licence_of_filing(node, found)
    asked = holders_askers(node, found, licence) if licence is not None else []
    if as_json:
        print_json(case_view_json(found, licence, draft.files) | {"asked": [asked_json(one) for one in asked]})
    else:
        console.print(case_view_view(found, licence, draft.files))
        for one in asked:
            console.print(asked_line(one))


def state(
    number: NumberArgument,
    as_: AsPortal,
    text: Annotated[str, typer.Option(help="What the applicant states.")],
    hearing: Annotated[bool, typer.Option("--hearing", help="The applicant asks for a hearing.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sends the applicant's statement to the window, which shows it to the departments that are to answer."""
    _told(number, speaking.state_view(open_as(Settings.read(home=home), as_).node, number, text, hearing), as_json)


def withdraw(
    number: NumberArgument,
    as_: AsPortal,
    reasons: Annotated[str, typer.Option(help="Why, if the applicant says so.")] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Takes an application back for its applicant, before the decision."""
    _told(number, speaking.withdraw(open_as(Settings.read(home=home), as_).node, number, reasons), as_json)


def _told(number: str, message_id: str, as_json: bool) -> None:
    if as_json:
        print_json({"filing": number, "message_id": message_id})
    else:
        console.print(plain(tr("sent: {message_id}", message_id=message_id)))
