"""The command that shows what can be applied for, as the public is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from exchange.catalogue.as_data import matter_data, summary_data
from exchange.catalogue.linked.datasets import catalogue_json_ld
from exchange.catalogue.linked.service import matter_json_ld
from exchange.catalogue.picture.drawn import WIDE, procedure_svg
from exchange.cli.approval.matter_views import guide_view, matters_table
from exchange.cli.complete import matter_codes
from exchange.cli.naming import learn_domain, names
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import console, print_json
from exchange.errors import NotFound
from exchange.language import language
from exchange.runtime.catalogue import load_catalogue
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Matter


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("matters", rich_help_panel="At the window")(matters)


def matters(
    code: Annotated[
        str | None,
        typer.Argument(help="Code of a matter, for all that is told of it.", autocompletion=matter_codes),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
    as_json_ld: Annotated[
        bool, typer.Option("--json-ld", help="Linked data: CPSV-AP and schema.org; of the whole list, DCAT.")
    ] = False,
    picture: Annotated[bool, typer.Option("--picture", help="The procedure of a matter as a picture, in SVG.")] = False,
    site: Annotated[
        str, typer.Option(help="What the addresses in --json and --json-ld begin with, as https://window.example.org.")
    ] = "",
) -> None:
    """What can be applied for: the guide of each matter, as the public reads it.

    Without a code it lists the matters of the catalogue; those without a guide are not offered to the public.
    """
    place = Home(Settings.read(home=home).home)
    learn_domain(place)
    catalogue = load_catalogue(place.catalogue)
    if code is not None:
        _show(_named(catalogue, code), site, as_json=as_json, as_json_ld=as_json_ld, picture=picture)
    elif as_json_ld:
        print_json(catalogue_json_ld(catalogue.values(), names(), _publisher(catalogue), site))
    elif as_json:
        print_json([summary_data(matter, site) for matter in catalogue.values()])
    else:
        console.print(matters_table(catalogue.values()))


def _show(matter: Matter, site: str, *, as_json: bool, as_json_ld: bool, picture: bool) -> None:
    if picture:
        print(procedure_svg(matter, names(), language(), WIDE))
    elif as_json_ld:
        print_json(matter_json_ld(matter, names(), site))
    elif as_json:
        print_json(matter_data(matter, names(), site))
    else:
        for part in guide_view(matter, names()):
            console.print(part)


def _named(catalogue: Mapping[str, Matter], code: str) -> Matter:
    matter = catalogue.get(code)
    if matter is None:
        raise NotFound(
            "the catalogue has no matter {code_named!r}",
            remedy="choose one of: {catalogue}",
            code_named=code,
            catalogue=", ".join(sorted(catalogue)),
        )
    return matter


def _publisher(catalogue: Mapping[str, Matter]) -> str:
    """Whose catalogue it is: the lead of its matters."""
    return next((matter.lead for matter in catalogue.values()), "")
