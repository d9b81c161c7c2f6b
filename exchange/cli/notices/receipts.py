"""Commands about the receipts behind a notice's counts: notice receipts, verify."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.notices.commands import NoticeArgument
from exchange.cli.notices.receipt_views import evidence_json, evidence_view, progress
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, errors, print_json, say
from exchange.files.receipt_files import verify_receipts, write_receipts
from exchange.language import tr
from exchange.messaging.node import Node
from exchange.notices.evidence.ask import Gathering, ask_receipts, last_request
from exchange.notices.evidence.rules import Evidence
from exchange.runtime.settings import Settings
from exchange.schemas import ReceiptsRequest

_OTHERWISE = 8
"""Exit code where the counts are not proved."""
_TIMES = 3
"""How often it is asked where levels went on counting meanwhile."""
_SETTLING = 3.0
"""Seconds in which the tally that belongs to what was shown arrives, too."""
_PAUSE = 0.3
"""Seconds between two looks."""


def register(notices: typer.Typer) -> None:
    """Add the commands to those about notices."""
    notices.command("receipts")(receipts)
    notices.command("verify")(verify)


def receipts(
    notice: NoticeArgument,
    of: Annotated[
        str | None,
        typer.Option(
            "--of", metavar="ADDRESS|DOMAIN", help="One authority's, or a domain's and all below (default: all)."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Write the signed originals into this folder.")
    ] = None,
    kept: Annotated[
        bool, typer.Option("--kept", help="Ask nobody; show what has come in answer to the last request.")
    ] = False,
    wait: Annotated[float, typer.Option("--wait", metavar="SECONDS", help="How long to wait for all of it.")] = 60.0,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetches the signed receipts behind a notice's counts, and verifies them.

    A count is what relay offices say. This asks them, level by level, for what it rests on: each authority's own
    signature. Every one is verified along the chain of delegations, to be of this notice and from this authority, and
    to stand under the root that was signed with the counts. What is counted and cannot be shown is missing; what was
    invented is, too.

    Ends with 8 unless everything is there and holds. To ask again does no harm; what comes late is found with `--kept`.
    `exchange notice verify FOLDER` verifies a folder again, years later, without asking anybody.
    """
    node = open_as(Settings.read(home=home), as_).node
    request = last_request(node, notice) if kept else ask_receipts(node, notice, of)
    gathering, found = _gather(node, request, 0 if kept else wait)
    if out is not None:
        say(tr("{number} originals written: {out}", number=write_receipts(out, gathering.kept()), out=out))
    _show(gathering.request, found, as_json)


def verify(
    folder: Annotated[Path, typer.Argument(help="What `exchange notice receipts --out` has written.")],
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Verifies receipts that were written into a folder, by the directory alone.

    Nobody is asked, so that it can be done years later: the directory keeps certificates that have run out, and says
    when others were revoked. Ends with 8 unless everything that was asked for is there and holds.
    """
    request, found = verify_receipts(folder, open_as(Settings.read(home=home), as_).node.directory)
    _show(request, found, as_json)


def _gather(node: Node, request: ReceiptsRequest, wait: float) -> tuple[Gathering, Evidence]:
    """Waits for what was asked for; where levels have counted on meanwhile, it is asked for again."""
    until = time.monotonic() + wait
    for again in reversed(range(_TIMES)):
        gathering = Gathering(node, request)
        found = _wait(gathering, until)
        if not found.moved or not again or time.monotonic() >= until:
            break
        request = ask_receipts(node, request.notice_id, request.body or request.domain)
    return gathering, found


def _wait(gathering: Gathering, until: float) -> Evidence:
    """Looks until everything has come, and a little longer where a newer tally may still be on its way."""
    found, settled = gathering.look(), until
    with errors.status(progress(found)) as status:
        while (found.waiting or found.moved) and time.monotonic() < min(until, settled):
            time.sleep(_PAUSE)
            gathering.node.renew()
            found = gathering.look()
            status.update(progress(found))
            if found.waiting:
                settled = until
            elif settled == until:
                settled = time.monotonic() + _SETTLING
    return found


def _show(request: ReceiptsRequest, found: Evidence, as_json: bool) -> None:
    if as_json:
        print_json(evidence_json(request, found))
    else:
        console.print(evidence_view(request, found))
    if not found.holds:
        raise typer.Exit(_OTHERWISE)
