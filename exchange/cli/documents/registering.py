"""Commands about what an authority has on record of its documents: register, circulate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from exchange.cli.documents.document_views import REGISTER_COLUMNS, entry_json, reader_json
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json, say, say_more
from exchange.documents.circulate import circulate as put_round
from exchange.documents.circulate import mark_read, readers_of
from exchange.documents.rules.circulation import CirculationReader
from exchange.errors import CallerError, FileUnusable
from exchange.language import name_of, tr
from exchange.language.names import CIRCULATION_STATES, DIRECTIONS
from exchange.machine.files import write_secret
from exchange.machine.spreadsheet import csv_text
from exchange.messaging.node import Node
from exchange.messaging.register.records import RegisterEntry, RegisterSide
from exchange.messaging.register.store import Register
from exchange.operations.said.terms import moment
from exchange.runtime.settings import Settings
from exchange.schemas import DocumentKind

_PANEL = "Documents"
_SHOWN = 50
_PAGE = 500


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("register", rich_help_panel=_PANEL)(show_register)
    app.command("circulate", rich_help_panel=_PANEL)(circulate)


def show_register(
    year: Annotated[int | None, typer.Option(help="The year (default: this one).", min=2000, max=2200)] = None,
    direction: Annotated[RegisterSide | None, typer.Option(help="Only what came, or only what went.")] = None,
    kind: Annotated[DocumentKind | None, typer.Option(help="Only one kind of document.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="The whole year, not only the last fifty.")] = False,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the whole year to this file, for a spreadsheet.")] = (
        None
    ),
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The register of documents: what came and what went, numbered within each year.

    Each direction has its own numbers, from 1 in every year. A document gets its number as it is taken in, or sent, and
    keeps it; what was sent back has none. Documents of before the register began are not in it.
    """
    settings = Settings.read(home=home)
    node = open_as(settings, as_).node
    asked = year or settings.clock.now().year
    directions = [direction] if direction is not None else list(RegisterSide)
    if csv is not None:
        _write(csv, node, directions, asked, kind)
    entries, more = _entries(node, directions, asked, kind, all_ or as_json)
    if as_json:
        print_json([entry_json(entry) for entry in entries])
        return
    if entries:
        console.print(_table(entries))
    else:
        console.print(tr("no documents in the register of {year}", year=asked))
    say_more(more)


def circulate(
    message: Annotated[str, typer.Argument(help="A received document's message id, as `exchange register` lists it.")],
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="NAME", help="An officer who is to read it; may be given often.")
    ] = None,
    officer: Annotated[str | None, typer.Option(help="With --to: who puts it round.")] = None,
    read: Annotated[
        str | None, typer.Option("--read", metavar="NAME", help="This officer has read it; the first time counts.")
    ] = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Puts a received document round to officers of your authority, and records who has read it.

    Without --to and --read it shows to whom the document goes, and who has read it; so does `exchange show MESSAGE`.

        exchange circulate MESSAGE --to NAME --officer WHO
        exchange circulate MESSAGE --read NAME
    """
    if to and read is not None:
        raise CallerError("--to and --read are two steps", remedy="give one of them")
    node = open_as(Settings.read(home=home), as_).node
    if to:
        put_round(node, message, to, officer or "")
    elif read is not None:
        mark_read(node, message, read)
    readers = readers_of(node, message)
    if as_json:
        print_json({"message_id": message, "readers": [reader_json(one) for one in readers]})
    elif readers:
        console.print(_readers(readers))
    else:
        console.print(tr("not put round"))


def _entries(
    node: Node, directions: Sequence[RegisterSide], year: int, kind: DocumentKind | None, whole: bool
) -> tuple[list[RegisterEntry], int]:
    if whole:
        return list(_whole(node, directions, year, kind)), 0
    found: list[RegisterEntry] = []
    there = 0
    with node.store.reading() as tx:
        for one in directions:
            latest, number = tx[Register].latest(one, year, kind, _SHOWN)
            found, there = found + latest, there + number
    return found, there - len(found)


def _whole(
    node: Node, directions: Sequence[RegisterSide], year: int, kind: DocumentKind | None
) -> Iterator[RegisterEntry]:
    with node.store.reading() as tx:
        for one in directions:
            behind = 0
            while page := tx[Register].page(one, year, kind, behind, _PAGE):
                yield from page
                behind = page[-1].number


def _write(path: Path, node: Node, directions: Sequence[RegisterSide], year: int, kind: DocumentKind | None) -> None:
    rows = [REGISTER_COLUMNS, *(entry_json(entry).values() for entry in _whole(node, directions, year, kind))]
    try:
        write_secret(path, csv_text(rows).encode())
    except OSError as error:
        raise FileUnusable(
            "{path}: {reason}", remedy="name a file that can be written", path=path, reason=error.strerror
        ) from error
    say(tr("written: {path}", path=path))


def _table(entries: Sequence[RegisterEntry]) -> Table:
    table = Table(header_style="bold", border_style="dim")
    titles = (tr("book"), tr("no."), tr("registered"), tr("kind of document"), tr("number"), tr("title"))
    for title in (*titles, tr("from, or to"), tr("message")):
        table.add_column(title, overflow="fold")
    for one in entries:
        book = f"{name_of(DIRECTIONS, one.direction)} {one.year}"
        table.add_row(
            book, str(one.number), moment(one.at), one.kind.value, plain(one.document_number), plain(one.title),
            plain(one.correspondents), one.message_id,
        )  # fmt: skip
    return table


def _readers(readers: Sequence[CirculationReader]) -> Table:
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("officer"), tr("state"), tr("since"), tr("put round by")):
        table.add_column(title, overflow="fold")
    for one in readers:
        table.add_row(
            plain(one.officer),
            name_of(CIRCULATION_STATES, one.state),
            moment(one.read_at or one.put_at),
            plain(one.put_by),
        )
    return table
