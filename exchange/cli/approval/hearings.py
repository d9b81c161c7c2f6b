"""Commands about hearings: call, put-off, call-off, record."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from exchange.approval.window.hearing import holding
from exchange.approval.window.hearing.holding import CalledHearing
from exchange.cli.options import CaseArgument, HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json
from exchange.clock import CST
from exchange.errors import CallerError
from exchange.language import name_of, tr
from exchange.language.filings import HEARING_STATES
from exchange.machine.textfile import read_text
from exchange.operations.said.terms import moment
from exchange.runtime.settings import Settings

hearings = typer.Typer(
    help="Hearings: called seven working days ahead, held within twenty of the request, on record before the "
    "decision (Administrative License Law, articles 46 to 48).",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
HeldOption = Annotated[str, typer.Option("--at", metavar="TIME", help="When: 2026-03-20T09:30 (China Standard Time).")]
PlaceOption = Annotated[str, typer.Option("--place", help="Where.")]
ChairOption = Annotated[str, typer.Option("--chair", help="Who chairs it: not the officer who reviews.")]
ReviewerOption = Annotated[str, typer.Option("--officer", help="Who reviews the application.")]
ReasonsOption = Annotated[str, typer.Option("--reasons", help="What it is about; applicant and departments read it.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(hearings, name="hearing", rich_help_panel="At the window")


@hearings.command("list")
def list_(case: CaseArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """The hearings of a case, with what came of them."""
    rows = holding.hearings_of(open_as(Settings.read(home=home), None).node, case)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    for row in rows:
        state, more = name_of(HEARING_STATES, row.state), row.record_id or row.notice_id
        console.print(plain(f"{moment(row.held_at)}  {row.place}  {row.chair}  {state}  {more}"))
    if not rows:
        console.print(tr("no hearings"))


@hearings.command("call")
def call(
    case: CaseArgument,
    at: HeldOption,
    place: PlaceOption,
    chair: ChairOption,
    officer: ReviewerOption,
    reasons: ReasonsOption,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Calls a hearing: the applicant and the departments are told, and the clock of the case stops until it is held.

    exchange hearing call HEFEI-2026-000001 --at 2026-03-20T09:30 --place "Room 3" --chair "Wang Min"

        --officer "Li Wei" --reasons "works beside homes"
    """
    wanted = CalledHearing(_moment(at), place, chair, officer, reasons)
    _told(case, holding.call(open_as(Settings.read(home=home), None).node, case, wanted), as_json)


@hearings.command("put-off")
def put_off(
    case: CaseArgument,
    at: HeldOption,
    place: PlaceOption,
    chair: ChairOption,
    officer: ReviewerOption,
    reasons: ReasonsOption,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Puts a hearing that was called off to another day; it is told as the first one was."""
    wanted = CalledHearing(_moment(at), place, chair, officer, reasons)
    _told(case, holding.put_off(open_as(Settings.read(home=home), None).node, case, wanted), as_json)


@hearings.command("call-off")
def call_off(case: CaseArgument, reasons: ReasonsOption, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Calls a hearing off, with reasons, for example that the applicant no longer wants it; the clock runs on."""
    _told(case, holding.call_off(open_as(Settings.read(home=home), None).node, case, reasons), as_json)


@hearings.command("record")
def record(
    case: CaseArgument,
    text: Annotated[str, typer.Option("--text", help="What was said; or @FILE, a text file.")],
    held_on: Annotated[str, typer.Option("--on", metavar="DAY", help="The day, 2026-03-20.")],
    paper: Annotated[Path | None, typer.Option("--paper", help="The record as it was signed, scanned.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Puts the record of a hearing on the case: the decision is made on it."""
    try:
        day = date.fromisoformat(held_on)
    except ValueError:
        raise CallerError("--on: {text!r} is no day", remedy="for example 2026-03-20", text=held_on) from None
    said = read_text(Path(text[1:])) if text.startswith("@") else text
    content = paper.read_bytes() if paper is not None else b""
    file = holding.filed_file(paper.name, content) if paper is not None else None
    node = open_as(Settings.read(home=home), None).node
    _told(case, holding.record(node, case, day, said, file, content), as_json)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CallerError("--at: {text!r} is no time", remedy="for example 2026-03-20T09:30", text=text) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=CST)


def _told(case: str, message_id: str, as_json: bool) -> None:
    if as_json:
        print_json({"case": case, "message_id": message_id})
    else:
        console.print(plain(tr("told: {message_id}", message_id=message_id)))
