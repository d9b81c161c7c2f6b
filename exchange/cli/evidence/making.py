"""The command that writes a bundle of evidence: evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.complete import case_numbers, member_addresses
from exchange.cli.naming import called
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import print_json, say
from exchange.errors import NotFound
from exchange.evidence.bundle.contents import BundleReader
from exchange.evidence.making import MadeBundle, bundle_of
from exchange.evidence.proof.words import READERS
from exchange.language import choose, listed, tr
from exchange.machine.files import write_secret
from exchange.operations.domain_view import DomainView
from exchange.operations.records.stores import stores_of
from exchange.runtime import logs
from exchange.runtime.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("evidence", rich_help_panel="Evidence")(evidence)


def evidence(
    what: Annotated[
        str,
        typer.Argument(
            metavar="CASE|MESSAGE", help="Case number, or the id of a message.", autocompletion=case_numbers
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file (default NAME.evidence.zip).")
    ] = None,
    as_: Annotated[
        str | None,
        typer.Option(
            "--as",
            help="Only what this member has on record (default: all of the domain's members here).",
            autocompletion=member_addresses,
        ),
    ] = None,
    reader: Annotated[
        BundleReader, typer.Option("--for", help="For whom: what that reader may not see is left out, and named.")
    ] = BundleReader.ALL,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Writes one file that proves a case or a document to anybody: what was signed, receipts, directories.

    Of a case that is every message of it that is on record; of a document, a notice or a joint document its whole
    conversation. `exchange verify` reads it on a machine that has nothing else than the authority's certificate. What
    is in it was signed before; signed anew is only that the directory in it is the present one, where the key for that
    lies here. It holds the content: give it to whom it concerns, or have it made for that reader (`--for`), without
    what is not its business; receipts prove what was left out by its digest.
    """
    logs.configure(quiet=True)
    settings = Settings.read(home=home)
    with DomainView(settings) as view:
        stores = stores_of(view)
        if as_ is not None:
            if as_ not in stores:
                raise NotFound(
                    "no member {address!r} here",
                    remedy="choose one of: {members}",
                    address=as_,
                    members=", ".join(sorted(stores)),
                )
            stores = {as_: stores[as_]}
        made = bundle_of(view.home, stores, what, settings.clock.now(), reader)
    path = output or Path(f"{what}.evidence.zip")
    write_secret(path, made.data)
    _tell(made, path, as_json=as_json)


def _tell(made: MadeBundle, path: Path, *, as_json: bool) -> None:
    if as_json:
        print_json({
            "file": str(path), "bytes": len(made.data), "files": made.files, "made_by": list(made.made_by),
            "reader": made.reader.value, "withheld": made.withheld,
            "subject": {"kind": made.subject.kind.value, "id": made.subject.id, "of": made.subject.of},
        })  # fmt: skip
        return
    say(tr("written: {file}", file=path))
    say(tr("{number} files, from the records of {members}",
           number=made.files, members=listed(called(one) for one in made.made_by)))  # fmt: skip
    if made.reader is not BundleReader.ALL:
        say(tr("for {reader}; {number} files withheld",
               reader=choose(READERS[made.reader]), number=made.withheld))  # fmt: skip
    say(tr("anybody verifies it with: exchange verify {file} --trust AUTHORITY.der", file=path))
