"""Commands of the window on licences: issue, renew, change, revoke, cancel."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from exchange.approval.window.licensing.entering import EntryWanted, enter
from exchange.approval.window.licensing.issuing import LicenceWanted
from exchange.approval.window.licensing.issuing import issue as issue_licence
from exchange.cli.licences.app import (
    BasisOption,
    FromDayOption,
    LicenceArgument,
    LicenceOfficerOption,
    ReasonsOption,
    licences,
)
from exchange.cli.options import AsOption, CaseArgument, HomeOption, JsonOption, open_as
from exchange.cli.view import print_json, say
from exchange.errors import CallerError
from exchange.hand_codes import grouped
from exchange.language import name_of, tr
from exchange.language.licences import LICENCE_CHANGES
from exchange.runtime.settings import Settings
from exchange.schemas import LicenceChange, LicenceHolder


def register() -> None:
    """Add the commands to the group."""
    licences.command("issue")(issue)
    licences.command("renew")(renew)
    licences.command("change")(change)
    licences.command("revoke")(revoke)
    licences.command("cancel")(cancel)


def issue(
    case: CaseArgument,
    officer: LicenceOfficerOption,
    permits: Annotated[str | None, typer.Option(help="What it permits (default: the project applied for).")] = None,
    first: FromDayOption = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its last day (default: without an end).")
    ] = None,
    number: Annotated[str | None, typer.Option(help="Its number (default: the window's next one).")] = None,
    to: Annotated[str | None, typer.Option(help="To whom and how it is handed out (default: the holder).")] = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Issues the licence on a case that was decided and granted: once, and its delivery is recorded with it.

    It goes to the window's portals, where anybody can verify it by number and code, and to the departments consulted.
    """
    node = open_as(Settings.read(home=home), as_).node
    row = issue_licence(
        node, case, LicenceWanted(officer, permits, first and first.date(), until and until.date(), number, to)
    )
    if as_json:
        print_json({"case": case, "licence": row.number, "code": row.code, "message_id": row.message_id})
        return
    say(tr("issued: {number}; verification code {code}", number=row.number, code=grouped(row.code)))


def renew(
    number: LicenceArgument,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Its last day from now on.")],
    officer: LicenceOfficerOption,
    reasons: ReasonsOption,
    basis: BasisOption = None,
    first: FromDayOption = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Renews a licence: it is valid until a later day (article 50)."""
    said = EntryWanted(
        LicenceChange.RENEWED, officer, reasons, tuple(basis or ()), first and first.date(), until.date()
    )
    _enter(number, said, home, as_, as_json)


def change(
    number: LicenceArgument,
    officer: LicenceOfficerOption,
    reasons: ReasonsOption,
    permits: Annotated[str | None, typer.Option(help="What it permits from then on.")] = None,
    conditions: Annotated[str | None, typer.Option(help="Its conditions from then on; '' for none.")] = None,
    holder: Annotated[
        str | None, typer.Option(metavar="NAME=IDENTIFIER", help="Who holds it from then on, with code or number.")
    ] = None,
    basis: BasisOption = None,
    first: FromDayOption = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Changes what a licence says: what it permits, its conditions, or who holds it (article 49).

    exchange licence change HEFEI-WORKS-2026-00001 --permits "180 m" --officer "Li Wei" --reasons "longer section"
    """
    said: dict[str, Any] = {"permits": permits, "conditions": conditions, "holder": _holder(holder)}
    on = first and first.date()
    wanted = EntryWanted(LicenceChange.CHANGED, officer, reasons, tuple(basis or ()), on, **said)
    _enter(number, wanted, home, as_, as_json)


def revoke(
    number: LicenceArgument,
    officer: LicenceOfficerOption,
    reasons: ReasonsOption,
    basis: BasisOption = None,
    first: FromDayOption = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revokes a licence (article 69): it stays in the register, and is shown as revoked wherever it is verified."""
    wanted = EntryWanted(LicenceChange.REVOKED, officer, reasons, tuple(basis or ()), first and first.date())
    _enter(number, wanted, home, as_, as_json)


def cancel(
    number: LicenceArgument,
    officer: LicenceOfficerOption,
    reasons: ReasonsOption,
    basis: BasisOption = None,
    first: FromDayOption = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Cancels a licence that is over, waived or revoked (article 70); it stays in the register as cancelled."""
    wanted = EntryWanted(LicenceChange.CANCELLED, officer, reasons, tuple(basis or ()), first and first.date())
    _enter(number, wanted, home, as_, as_json)


def _enter(number: str, wanted: EntryWanted, home: HomeOption, as_: str | None, as_json: bool) -> None:
    node = open_as(Settings.read(home=home), as_).node
    message_id = enter(node, number, wanted)
    if as_json:
        print_json({"licence": number, "change": wanted.change.value, "message_id": message_id})
    else:
        say(tr("{number}: {change}", number=number, change=name_of(LICENCE_CHANGES, wanted.change)))


def _holder(text: str | None) -> LicenceHolder | None:
    if text is None:
        return None
    name, found, identifier = text.rpartition("=")
    if not found or not name.strip() or not identifier.strip():
        raise CallerError(
            "--holder: {text!r} does not say by which number the holder is known",
            remedy="for example --holder 'Hefei Heating Ltd=91340100MA2RTLCW7X'",
            text=text,
        )
    return LicenceHolder(name=name.strip(), identifier=identifier.strip())
