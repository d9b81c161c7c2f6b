"""The group of commands about filings."""

from __future__ import annotations

from typing import Annotated

import typer

NumberArgument = Annotated[str, typer.Argument(help="The filing's number, as `exchange filing list` shows it.")]
PortalOption = Annotated[
    str | None, typer.Option("--portal", help="Of which portal, where several have used the number.")
]
OfficerOption = Annotated[str, typer.Option("--officer", help="Who answers for it.")]

filings = typer.Typer(
    help="What applicants hand in at a portal, and what becomes of it at the window before there is a case.\n\n"
    "A filing is received, which says nothing of its acceptance. Within five working days the window accepts it, tells "
    "everything that is missing, once, or turns it down; what it says nothing of is accepted by law "
    "(Administrative License Law, article 32).",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
