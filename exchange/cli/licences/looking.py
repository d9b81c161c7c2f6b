"""Commands that look at licences: list, show, register, check."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.licences.app import LicenceArgument, licences
from exchange.cli.licences.views import (
    kept_json,
    licence_view,
    licences_view,
    verified_json,
    verified_view,
)
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, print_json, say
from exchange.clock import CST
from exchange.errors import CallerError
from exchange.language import tr
from exchange.licences.published import register_atom, register_csv, register_json
from exchange.licences.register import licence_of, on_record, whole_register
from exchange.licences.register import register as register_page
from exchange.licences.verifying import Verification, verify, verify_bytes
from exchange.machine.files import told, write_file
from exchange.runtime.settings import Settings

_LISTED = 50
_FED = 100
"""Licences in a feed."""


class RegisterForm(StrEnum):
    """In which form the public register is written."""

    CSV = "csv"
    JSON = "json"
    ATOM = "atom"


_OTHERWISE = 8
"""Exit code where what was asked is not so: the licence is not valid today."""


def register() -> None:
    """Add the commands to the group."""
    licences.command("list")(list_)
    licences.command("show")(show)
    licences.command("register")(public_register)
    licences.command("check")(check)


def list_(
    words: Annotated[str, typer.Option("--find", help="In the number, or in what is shown of the holder.")] = "",
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Licences on record at a member, newest first: those it has issued, or was told of."""
    node = open_as(Settings.read(home=home), as_).node
    found = on_record(node, words, _LISTED)
    today = node.clock.now().astimezone(CST).date()
    if as_json:
        print_json([kept_json(one, today, node.calendar) for one in found])
    else:
        console.print(licences_view(found, today) if found else tr("no licences"))


def show(
    number: LicenceArgument,
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the signed licence there, as its holder gets it.")
    ] = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows a licence with all entries on it, its verification code, and until when it is to be published."""
    node = open_as(Settings.read(home=home), as_).node
    found = licence_of(node, number)
    if save is not None:
        write_file(save, found.signed)
    today = node.clock.now().astimezone(CST).date()
    if as_json:
        print_json(kept_json(found, today, node.calendar))
    else:
        console.print(licence_view(found, today, node.calendar))
    if save is not None and not as_json:
        say(tr("saved: {path}", path=save))


def public_register(
    form: Annotated[RegisterForm, typer.Argument(help="In which form: csv · json · atom.")] = RegisterForm.CSV,
    base: Annotated[str, typer.Option(help="Address of the public window, for the links of a feed.")] = "",
    words: Annotated[str, typer.Option("--find", help="In the number, or in what is shown of the holder.")] = "",
    as_: AsOption = None,
    home: HomeOption = None,
) -> None:
    """Prints the register as the public may read it: persons masked, what was revoked shown as revoked."""
    node = open_as(Settings.read(home=home), as_).node
    if form is RegisterForm.ATOM:
        if not base:
            raise CallerError("a feed names the address of its pages", remedy="--base https://window.example.gov.cn")
        latest = register_page(node, words, limit=_FED).licences
        text = register_atom(latest, base, tr("Register of licences"), node.clock.now())
    else:
        found = whole_register(node, words)
        text = register_csv(found) if form is RegisterForm.CSV else register_json(found)
    typer.echo(text.removesuffix("\n"))


def check(
    number: Annotated[str | None, typer.Argument(help="The licence's number; or --file.")] = None,
    code: Annotated[str | None, typer.Argument(help="The code that stands on it.")] = None,
    file: Annotated[Path | None, typer.Option(help="The signed licence as a file, instead of number and code.")] = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Verifies a licence: by its number and code, or by its file, against what is on record and the directory alone.

    Exit code 8 for whatever is not valid today.
    """
    if (file is None) == (number is None) or (number is None) != (code is None):
        raise CallerError("a licence is checked by number and code, or by its file", remedy="give both, or --file")
    node = open_as(Settings.read(home=home), as_).node
    if file is not None:
        with told(file):
            data = file.read_bytes()
        found = verify_bytes(node, data)
    else:
        found = verify(node, number or "", code or "")
    if as_json:
        print_json(verified_json(found))
    else:
        console.print(verified_view(found))
    if found.result is not Verification.VALID:
        raise typer.Exit(_OTHERWISE)
