"""The table of commands, from which help and completion are made, says what the commands themselves say."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from exchange.cli import app
from exchange.cli.commands import COMMANDS
from exchange.cli.help import in_language
from exchange.language import Language, speak


@pytest.fixture(params=list(Language))
def group(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The whole command line in a language, its commands not yet imported."""
    found: Any = typer.main.get_command(app)
    speak(request.param)
    found.commands.finish_by(lambda command: in_language(command, request.param))
    yield found
    speak(Language.ENGLISH)


def test_the_table_says_of_each_command_what_its_own_help_says(group: Any) -> None:
    assert list(group.commands) == [entry.name for entry in COMMANDS]
    for name, stub in group.commands.stubs.items():
        command = group.commands[name]
        assert command.name == name
        assert command.rich_help_panel == stub.rich_help_panel
        first = inspect.cleandoc(command.short_help or command.help).split("\n\n")[0]
        assert " ".join(first.splitlines()) == stub.short_help, name


def test_every_command_that_a_module_adds_is_in_the_table() -> None:
    names = {entry.name for entry in COMMANDS}
    for register in {entry.register for entry in COMMANDS}:
        application = typer.Typer()
        register(application)
        added = (*application.registered_commands, *application.registered_groups)
        assert {one.name for one in added} <= names
