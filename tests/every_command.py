"""Imported ahead by the fork server of `tests.warm`: modules of every command, else imported when it is called."""

import typer

from exchange.cli import app

COMMANDS = tuple(typer.main.get_command(app).commands.values())  # type: ignore[attr-defined]
