"""Rooms stay small: how long a module may be, and how many may lie in one folder."""

from __future__ import annotations

from pathlib import Path

import exchange

ROOT = Path(exchange.__file__).parent
MOST_LINES = 300
MOST_MODULES = 25
IN_THE_MEAN = 12

MODULES = [file for file in ROOT.rglob("*.py") if "versions" not in file.parts]
"""All but the migrations, each of which says once and for all what it changes."""


def rooms() -> dict[Path, int]:
    """Folders with their number of modules; what only says what a folder is for is no module."""
    inside = [file.parent for file in MODULES if file.name != "__init__.py"]
    return {folder: inside.count(folder) for folder in set(inside)}


def test_no_module_is_longer_than_it_can_be_read() -> None:
    lines = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in MODULES}
    assert {str(file.relative_to(ROOT)): length for file, length in lines.items() if length > MOST_LINES} == {}


def test_no_room_is_crowded() -> None:
    found = rooms()
    assert len(found) > 20, "the walk must find the rooms"
    assert {str(folder.relative_to(ROOT)): number for folder, number in found.items() if number > MOST_MODULES} == {}
    assert sum(found.values()) / len(found) <= IN_THE_MEAN


def test_no_two_modules_of_tests_have_one_name() -> None:
    names = [file.name for file in (ROOT.parent / "tests").rglob("test_*.py")]
    assert len(names) > 100
    assert sorted({name for name in names if names.count(name) > 1}) == [], "pytest collects neither of them"
