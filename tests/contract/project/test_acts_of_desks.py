"""The table of acts in docs/operations/desk.md says by which doors each is done, and every door that it names is there.

A door: the desk (a form, under a page that has it), a command, an operation of the API. Every action of a desk stands
in the table; where it has no door of a kind, the table says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

import exchange
from exchange.api.app import openapi
from exchange.cli import app
from exchange.desk.permissions import DeskAction
from exchange.desk.sections import SECTIONS

ROOT = Path(exchange.__file__).parents[1]
PAGE = ROOT / "docs" / "operations" / "desk.md"
TEMPLATES = ROOT / "exchange" / "web" / "templates" / "desk"

OF_DESKS = {
    DeskAction.LOOK, DeskAction.DRAFT, DeskAction.REVIEW, DeskAction.ACCOUNTS, DeskAction.AUDIT,
}  # fmt: skip
"""What only a desk has: pages, drafts that an office shares, its accounts and its audit log."""

DOORS = ("desk", "command", "API")
_COMMAND = re.compile(r"`exchange ([a-z][a-z-]*(?: [a-z][a-z-]*)*)")
_CODE = re.compile(r"`([^`]+)`")
_LABEL = re.compile(r"(?<!\*)\*([^*]+)\*(?!\*)")
_BECAUSE = "none: "
"""How a cell begins that names no door, and says why."""


@dataclass(frozen=True)
class TableRow:
    """One row of the table: its cells, by door."""

    act: str
    cells: dict[str, str]

    def has(self, door: str) -> bool:
        """Whether it names a door of this kind, or says why there is none."""
        return self.cells[door].startswith(_BECAUSE) or "`" in self.cells[door] or "*" in self.cells[door]

    def operations(self) -> Iterator[tuple[str, str]]:
        """The operations of the API that it names, by method and path: further ones may be named by their ends."""
        method, path = "", ""
        for text in _CODE.findall(re.sub(r"\([^)]*\)", "", self.cells["API"])):  # fields stand between brackets
            if " /" in text:
                method, _, path = text.partition(" ")
                yield method, path
            else:
                beside = [one for verb, one in operations() if verb == method and one.endswith(f"/{text}")]
                yield method, next((one for one in beside if one.startswith(path.rpartition("/")[0])), text)


@cache
def rows() -> tuple[TableRow, ...]:
    """The rows of the table."""
    _, _, table = PAGE.read_text(encoding="utf-8").partition("| act | at the desk | command | API |\n")
    lines = table.partition("\n\n")[0].splitlines()[1:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return tuple(TableRow(act, dict(zip(DOORS, doors, strict=True))) for act, *doors in cells)


@cache
def operations() -> frozenset[tuple[str, str]]:
    return frozenset((verb.upper(), path) for path, verbs in openapi()["paths"].items() for verb in verbs)


@cache
def commands() -> frozenset[str]:
    """All commands and groups of commands, by their words."""

    def below(command: Any, words: str) -> Iterator[str]:
        for name, one in getattr(command, "commands", {}).items():
            yield f"{words} {name}".strip()
            yield from below(one, f"{words} {name}".strip())

    return frozenset(below(typer.main.get_command(app), ""))


@cache
def texts_of_desks() -> str:
    files = [*(ROOT / "exchange" / "desk").rglob("*.py"), *TEMPLATES.rglob("*.html")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def about(action: DeskAction) -> list[TableRow]:
    """The rows that an action stands in: those that name its command, or the group of it, or the action itself."""
    words = action.value.replace(".", " ")
    names = {words, words.partition(" ")[0]} if words not in commands() or " " in words else {words}
    found = [row for row in rows() if names & set(_COMMAND.findall(row.cells["command"]))]
    own = [row for row in found if words in _COMMAND.findall(row.cells["command"])]
    return own or found or [row for row in rows() if action.value in _CODE.findall(row.act)]


def gaps() -> Iterator[tuple[str, str]]:
    """Actions that lack a door which the table does not excuse; ``table`` where they do not stand in it."""
    acted = {act.action for section in SECTIONS for act in section.acts}
    for action in DeskAction:
        if action in OF_DESKS:
            continue
        found = about(action)
        if not found:
            yield action.value, "table"
        for door in DOORS if found else ():
            excused = all(row.cells[door].startswith(_BECAUSE) for row in found)
            there = action in acted if door == "desk" else True
            if not all(row.has(door) for row in found) or not (excused or there):
                yield action.value, door


def test_every_action_has_every_door_or_a_reason() -> None:
    assert set(gaps()) == set()


def test_the_table_is_read() -> None:
    assert len(rows()) > 20
    assert {"POST /opinions"} <= {f"{method} {path}" for row in rows() for method, path in row.operations()}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.act)
def test_what_a_row_names_is_there(row: TableRow) -> None:
    assert set(_COMMAND.findall(row.cells["command"])) <= commands()
    assert set(row.operations()) <= operations()
    for label in _LABEL.findall(row.cells["desk"]):
        assert f'"{label}"' in texts_of_desks(), label
