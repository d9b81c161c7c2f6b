"""The page of threats is true to the tests: each row names one that is there, and each actor says what remains."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.unit.project.test_documentation import ROOT

PAGE = (ROOT / "docs/threats.md").read_text(encoding="utf-8")
ACTORS = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
CITED = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)


@cache
def known_tests(path: str) -> frozenset[str]:
    """The tests that a file below tests/ has; none where it is not there."""
    file = ROOT / "tests" / path
    if not file.exists():
        return frozenset()
    found = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return frozenset(one.name for one in found if isinstance(one, ast.FunctionDef) and one.name.startswith("test_"))


def test_every_test_that_the_page_names_is_there() -> None:
    assert [f"{path}::{name}" for path, name in CITED if name not in known_tests(path)] == []


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.partition(" · ")[0])
def test_each_row_is_shown_by_a_test_and_each_actor_says_what_remains(actor: str) -> None:
    rows = [line for line in actor.splitlines() if line.startswith("|")][2:]
    assert rows
    assert [row for row in rows if not re.search(r"`[\w/]+\.py::test_\w+` \|$", row)] == []
    assert "**Remains.** " in actor


def test_a_test_that_is_not_there_is_missed() -> None:
    assert "test_a_test_that_is_not_there_is_missed" in known_tests("unit/project/test_threats.py")
    assert "test_nothing" not in known_tests("unit/project/test_threats.py") | known_tests("unit/none.py")
