"""The command that examines deemed consents again: check-consent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from exchange.approval.monitor.recheck import Rechecked, recheck, recheck_case
from exchange.cli.naming import in_full
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json, say
from exchange.errors import FileUnusable
from exchange.language import language, tr
from exchange.machine.files import make_folder, write_secret
from exchange.operations.said.terms import due_text, moment
from exchange.runtime.settings import Settings

_OTHERWISE = 8
"""Exit code where one does not verify."""
_LARGEST = 8_000_000
"""Octets of a file that is read as a deemed consent."""


def check_consent(
    what: Annotated[
        list[str], typer.Argument(metavar="CASE | FILE...", help="A case number, or files that --out has written.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Write the signed originals into this folder.")
    ] = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Verifies deemed consents again, from their signed bytes and the directory alone.

    A department's silence counts as consent only where a monitor has signed that it does, with all that this rests on:
    the department's receipt for the request, the ledger of its term, the calendar, the rule and the reminders. This
    reckons all of it anew and believes nobody.

    It is reckoned by the calendar that it names and carries. Where the present one would have given another day, that
    is said; it is no fault of the consent.

    Give a case number at its window (or `--as` a monitor), or files: `--out FOLDER` writes the signed originals for
    whoever wants to verify them elsewhere, or years later. Ends with 8 if one does not verify.
    """
    node = open_as(Settings.read(home=home), as_).node
    files = [Path(one) for one in what]
    if all(file.is_file() for file in files):
        found = [recheck(_read(file), node.directory, node.calendar) for file in files]
    else:
        found = [one for number in what for one in recheck_case(node, number)]
    written = _write(out, found) if out is not None else []
    if as_json:
        print_json([_facts(one) for one in found])
    else:
        _show(found)
        for path in written:
            say(tr("written: {path}", path=path))
    if any(one.deemed is None for one in found):
        raise typer.Exit(_OTHERWISE)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_LARGEST)
    except OSError as error:
        raise FileUnusable(
            "{filename}: {reason}", remedy="make it readable", filename=file, reason=error.strerror
        ) from error


def _write(folder: Path, found: Sequence[Rechecked]) -> list[Path]:
    """Writes those that verify; files of an earlier time are written anew. Raises FileUnusable."""
    make_folder(folder)
    paths = []
    for one in found:
        if one.deemed is not None:
            state = one.deemed.state
            paths.append(folder / f"{state.case_number}.{state.department}.{one.monitor}.cose")
            write_secret(paths[-1], one.signed)
    return paths


def _show(found: Sequence[Rechecked]) -> None:
    if any(one.deemed is not None for one in found):
        console.print(_table([one for one in found if one.deemed is not None]))
    for one in found:
        if one.differs is not None:
            say(one.differs.written(language()))
        if one.error is not None:
            console.print(Text.assemble(("✗ ", "bold red"), tr("does not verify: {error}", error=one.error)))


def _table(found: Sequence[Rechecked]) -> Table:
    table = Table(header_style="bold", border_style="dim")
    for title in ("", tr("case"), tr("department"), tr("was due"), tr("monitor"), tr("signed at")):
        table.add_column(title, overflow="fold")
    for one in found:
        if one.deemed is None or one.signed_at is None:
            continue
        state = one.deemed.state
        table.add_row(
            Text("✓ " + tr("verified"), style="green"),
            plain(state.case_number),
            plain(in_full(state.department)),
            due_text(one.deemed.due_at),
            plain(in_full(one.monitor)),
            moment(one.signed_at),
        )
    return table


def _facts(one: Rechecked) -> dict[str, Any]:
    if one.deemed is None:
        error = one.error
        return {"verified": False, "code": error.code if error else "", "reason": str(error) if error else ""}
    deemed = one.deemed
    return {
        "verified": True,
        "case": deemed.state.case_number,
        "department": deemed.state.department,
        "due_at": deemed.due_at,
        "mode": deemed.mode.value,
        "calendar": deemed.calendar,
        "differs": str(one.differs) if one.differs else None,
        "basis": list(deemed.state.default_basis),
        "reminders": [reminder.message_id for reminder in deemed.reminders],
        "monitor": one.monitor,
        "message_id": one.message_id,
        "signed_at": one.signed_at,
    }
