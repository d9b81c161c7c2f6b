"""Commands about the form of a notice: notice form, answer, collect."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.notices.commands import NoticeArgument
from exchange.cli.notices.form_views import asked_json, asked_view, collected_json, collected_view
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json, say
from exchange.errors import FileUnusable, NotFound
from exchange.files.answer_file import parse_values, read_answers
from exchange.language import tr
from exchange.machine.files import write_secret
from exchange.notices.answer import answer_form, asked
from exchange.notices.forms.aggregate import as_csv
from exchange.notices.forms.collecting import Collected, collected
from exchange.runtime.settings import Settings


def register(notices: typer.Typer) -> None:
    """Add the commands to those about notices."""
    notices.command("form")(form)
    notices.command("answer")(answer)
    notices.command("collect")(collect)


def form(notice: NoticeArgument, as_: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Shows what a notice that was received asks for, and until when."""
    found = asked(open_as(Settings.read(home=home), as_).node, notice)
    if as_json:
        print_json(asked_json(found))
    else:
        console.print(asked_view(found))


def answer(
    notice: NoticeArgument,
    values: Annotated[list[str] | None, typer.Argument(help="field=value, as many as the form asks for.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="A TOML file with the answers; those on the command line come first.")
    ] = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answers the form of a notice that was received; a later answer replaces the whole one before.

    The notice is signed for, too, if that was not done. `exchange notice form` shows what is asked.
    """
    given = (read_answers(file) if file is not None else {}) | parse_values(values or [])
    message_id = answer_form(open_as(Settings.read(home=home), as_).node, notice, given)
    if as_json:
        print_json({"notice": notice, "message_id": message_id})
    else:
        console.print(plain(tr("answered: {notice}", notice=notice)))


def collect(
    notice: NoticeArgument,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the table to this file, for a spreadsheet.")] = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What was answered to a notice's form, added up level by level, and who is missing.

    Silence is never an answer: who has not answered is named, and so is a level from which nothing has come.
    """
    found = collected(open_as(Settings.read(home=home), as_).node, notice)
    if csv is not None:
        _write(csv, found)
    if as_json:
        print_json(collected_json(found))
    else:
        console.print(collected_view(found))


def _write(path: Path, found: Collected) -> None:
    if found.aggregate is None:
        raise NotFound("nothing has come in yet, so there is no table", remedy="wait for the relay office's first word")
    try:  # The mark of UTF-8 at the beginning is what spreadsheets recognise Chinese text by.
        write_secret(path, as_csv(found.form, found.aggregate).encode())
    except OSError as error:
        raise FileUnusable(
            "{path}: {reason}", remedy="name a file that can be written", path=path, reason=error.strerror
        ) from error
    say(tr("written: {path}", path=path))
