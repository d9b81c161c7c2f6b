"""What several commands share: their common options, and how a fault of a document is told as one of its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from exchange.cli.complete import case_numbers, member_addresses
from exchange.cli.naming import learn_domain
from exchange.language import Foreign, Joined, Text, joined
from exchange.runtime.home import OpenedMember, need_domain, open_member, window_of
from exchange.runtime.settings import Home, Settings
from exchange.tomlfile import faults_of

AsOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        help="The member to act as, for example hefei.planning (default: the window).",
        autocompletion=member_addresses,
    ),
]

CaseArgument = Annotated[
    str, typer.Argument(help="Case number, as `exchange status` lists it.", autocompletion=case_numbers)
]


def _home_option(callback: Callable[..., Path | None] | None) -> Any:
    return typer.Option(
        "--home",
        envvar="EXCHANGE_HOME",
        help="The domain's folder (default ./.exchange).",
        callback=callback,
        is_eager=callback is not None,
    )


def _with_domain(context: typer.Context, home: Path | None) -> Path | None:
    """Refuses a folder in which there is no domain, before anything else is looked at. Raises NoDomain."""
    if not context.resilient_parsing:
        need_domain(Home(Settings.read(home=home).home))
    return home


HomeOption = Annotated[Path | None, _home_option(_with_domain)]
"""The folder of a domain that is there."""

AnyHomeOption = Annotated[Path | None, _home_option(None)]
"""The same for what makes a domain, or says itself that there is none."""

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def open_as(settings: Settings, address: str | None) -> OpenedMember:
    """Open the member a command acts as: the named one, or the window."""
    learn_domain(Home(settings.home))
    return open_member(settings, address or window_of(settings))


def in_options(error: ValidationError, options: Mapping[str, str]) -> tuple[Joined, Text]:
    """Say a model's complaint in the command's words: what is wrong, and the options that repair it.

    ``options`` names them by field, and by the word before the colon where a rule of the whole document complains.
    """
    faults: list[Text | Foreign] = []
    named: dict[str, None] = {}
    for place, message in faults_of(error):
        field = str(place[0]) if place else str(message).partition(":")[0]
        named[options.get(field, field)] = None
        faults.append(Text("{field}: {fault}", {"field": field, "fault": message}) if place else message)
    return joined(faults), Text("give {options}", {"options": ", ".join(named)})
