"""The inbox names commands that there are."""

from __future__ import annotations

from typing import Any

import pytest
import typer

from exchange.cli import app
from exchange.cli.approval.inbox_view import DUTIES
from exchange.operations.tasks.duties import DutyKind


def test_every_duty_has_its_words() -> None:
    assert set(DUTIES) == set(DutyKind)


@pytest.mark.parametrize("kind", DutyKind)
def test_what_a_duty_tells_to_type_is_a_command(kind: DutyKind) -> None:
    command: Any = typer.main.get_command(app)
    words = DUTIES[kind][2].split()
    for word in words[: words.index("{id}")]:
        command = command.commands[word]
    assert not hasattr(command, "commands"), "not a group of commands"
    assert any(one.param_type_name == "argument" for one in command.params)
