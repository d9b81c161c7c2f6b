"""Rooms stay small: how long a module may be, how many may lie in one folder; and each says what it is for."""

from __future__ import annotations

import ast
from pathlib import Path

import exchange
import exchange.departments
import exchange.schemas

MOST_LINES = 300
MOST_MODULES = 25
IN_THE_MEAN = 12

ROOTS = [
    Path(package.__file__ or "").resolve().parent for package in (exchange, exchange.schemas, exchange.departments)
]
"""The product; the last two lie beside it and are linked to, and walks do not follow links."""
TREE = ROOTS[0].parent
MODULES = [file for root in ROOTS for file in root.rglob("*.py") if "versions" not in file.parts]
"""All but the migrations, each of which says once and for all what it changes."""


def named(path: Path) -> str:
    return path.relative_to(TREE).as_posix()


def rooms() -> dict[str, int]:
    """Folders with their number of modules; what only says what a folder is for is no module."""
    inside = [named(file.parent) for file in MODULES if file.name != "__init__.py"]
    return {folder: inside.count(folder) for folder in set(inside)}


def test_no_module_is_longer_than_it_can_be_read() -> None:
    lines = {named(file): len(file.read_text(encoding="utf-8").splitlines()) for file in MODULES}
    assert {file: length for file, length in lines.items() if length > MOST_LINES} == {}


def test_no_room_is_crowded() -> None:
    found = rooms()
    assert {"exchange/approval/rules", "schemas", "departments/fire"} <= set(found), "the walk must find the rooms"
    product = [number for folder, number in found.items() if folder.startswith("exchange")]
    assert len(product) > 20
    assert sum(product) / len(product) <= IN_THE_MEAN
    assert {folder: number for folder, number in found.items() if number > MOST_MODULES} == {}


def test_every_package_says_what_it_is_for() -> None:
    folders = {file.parent for file in MODULES} - {ROOTS[0] / "store" / "migrations"}  # Alembic reads it by its path
    assert [named(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []
    silent = [
        named(folder)
        for folder in folders
        if not ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_both_commands_that_check_run_the_import_contracts() -> None:
    for command in ("check", "test"):
        lines = (TREE / "script" / command).read_text(encoding="utf-8").splitlines()
        run = [line for line in lines if line.startswith(("part ", "aside ")) and ".venv/bin/lint-imports" in line]
        assert run, command


def test_no_two_modules_of_tests_have_one_name() -> None:
    names = [file.name for file in (TREE / "tests").rglob("test_*.py")]
    assert len(names) > 100
    assert sorted({name for name in names if names.count(name) > 1}) == [], "pytest collects neither of them"
