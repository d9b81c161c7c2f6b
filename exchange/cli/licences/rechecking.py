"""The command that examines again what has arisen by law: recheck."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from exchange.cli.licences.app import LicenceArgument, licences
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json
from exchange.language import listed, tr
from exchange.licences.rechecking import RecheckedRenewal, recheck_renewals
from exchange.operations.said.terms import moment
from exchange.runtime.settings import Settings

_FAILED = 8
"""Exit code where something does not verify."""


def register() -> None:
    """Add the command to the group."""
    licences.command("recheck")(recheck)


def recheck(
    number: LicenceArgument, as_: AsOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Examines again the renewals of a licence that have arisen by law: from signed documents and the directory alone.

    Exit code 8 where one does not verify.
    """
    node = open_as(Settings.read(home=home), as_).node
    found = recheck_renewals(node, number)
    if as_json:
        print_json([_json(one) for one in found])
    else:
        console.print(_view(found))
    if any(one.error is not None for one in found):
        raise typer.Exit(_FAILED)


def _view(found: Sequence[RecheckedRenewal]) -> RenderableType:
    return Group(*(line for one in found for line in _lines(one)))


def _lines(one: RecheckedRenewal) -> Iterator[RenderableType]:
    said = one.said
    if said is None:
        reason = str(one.error)
        yield Text("✗ " + tr("entry {position} does not verify: {reason}", position=one.entry.position, reason=reason))
        return
    yield Text("✓ " + tr("renewed by law, approved by nobody: valid until {day}", day=said.valid_until.isoformat()))
    facts = {"filing": said.filing, "asked": moment(said.received_at), "by": said.ask_by.isoformat()}
    yield plain(tr("asked for by {filing} at {asked}; it had to be by {by}", **facts))
    over = {"over": said.expired_on.isoformat(), "basis": listed(said.basis)}
    yield plain(tr("undecided when the licence was over, on {over} ({basis})", **over))


def _json(one: RecheckedRenewal) -> dict[str, object]:
    return {
        "entry": one.entry.position,
        "verifies": one.error is None,
        "error": str(one.error) if one.error is not None else None,
        "authorisation": one.said.model_dump(mode="json") if one.said is not None else None,
    }
