"""Commands about what is done with a document once it is here: return, file."""

from __future__ import annotations

from typing import Annotated

import typer

from exchange.cli.documents.document_views import handled_json, handled_line
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json
from exchange.documents.filing import file_document
from exchange.documents.returning import return_document
from exchange.language import tr
from exchange.runtime.settings import Settings

_PANEL = "Documents"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("return", rich_help_panel=_PANEL)(send_back)
    app.command("file", rich_help_panel=_PANEL)(file)


def send_back(
    message: Annotated[str, typer.Argument(help="A received document's message id, as `exchange register` lists it.")],
    reason: Annotated[str, typer.Option(help="What does not satisfy which rule; its sender reads it.")],
    officer: Annotated[str, typer.Option(help="Who sends it back.")],
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sends a document back to who wrote it, with the reason.

    Once, by an addressee that is to act on it, before it is answered, passed on or filed (Regulation of 2012, article
    24). Its sender writes it anew with `exchange send --replaces MESSAGE`.
    """
    sent = return_document(open_as(Settings.read(home=home), as_).node, message, reason, officer)
    if as_json:
        print_json({"message_id": sent, "document_id": message})
    else:
        console.print(plain(tr("sent back: message {sent}", sent=sent)))


def file(
    message: Annotated[str, typer.Argument(help="A document's message id, as `exchange register` lists it.")],
    officer: Annotated[str, typer.Option(help="Who files it.")],
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Marks a document that came or went as filed, with who and when; the first time counts.

    It is your authority's own mark, and nobody else is told. A request is filed once it was answered or passed on.
    """
    done = file_document(open_as(Settings.read(home=home), as_).node, message, officer)
    if as_json:
        print_json({"message_id": message, **handled_json(done)})
    else:
        console.print(plain(": ".join(handled_line(done))))
