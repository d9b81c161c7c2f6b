"""The group of commands about licences."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

LicenceArgument = Annotated[str, typer.Argument(help="The licence's number, as `exchange licence list` shows it.")]
LicenceOfficerOption = Annotated[str, typer.Option("--officer", help="Who answers for it; not shown to others.")]
ReasonsOption = Annotated[str, typer.Option("--reasons", help="Why; whoever has the licence reads it.")]
BasisOption = Annotated[
    list[str] | None, typer.Option("--basis", help="Legal basis (default: the article on entries of this kind).")
]
FromDayOption = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="From which day on (default: today).")
]

licences = typer.Typer(
    help="What was granted, as anybody can check it: issued, renewed, changed, revoked and cancelled.\n\n"
    "A licence is a signed document. It is issued once, on a decision that grants; whatever happens to it afterwards "
    "is an entry on it, and nothing disappears. Portals show the register of their window to the public.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
