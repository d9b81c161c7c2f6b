"""Every error says what to do about it: where it is raised, or by its class."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from exchange import errors

ROOT = Path(inspect.getfile(errors)).parent.parent
CLASSES = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.ExchangeError)
}


def made(text: str) -> Iterator[tuple[int, str, bool]]:
    """Line, class and whether it has a remedy, of every error that a module makes."""
    for node in ast.walk(ast.parse(text)):
        name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in CLASSES:
            given = [word.value for word in node.keywords if word.arg == "remedy"]
            empty = [value for value in given if isinstance(value, ast.Constant) and not value.value]
            yield node.lineno, name, bool(given and not empty) or bool(CLASSES[name].remedy)


def test_no_error_is_made_without_a_remedy() -> None:
    places = {path: list(made(path.read_text(encoding="utf-8"))) for path in ROOT.rglob("*.py")}
    assert sum(map(len, places.values())) > 100, "the walk must find what is raised"
    lacking = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path, found in sorted(places.items())
        for line, name, remedied in found
        if not remedied
    ]
    assert lacking == []


def test_the_walk_sees_an_error_that_lacks_a_remedy() -> None:
    raised = ('Conflict("x")', 'Conflict("x", remedy="")', 'errors.NotFound("x")', 'Conflict("x", remedy=Y)')
    text = "\n".join(f"raise {one}" for one in raised)
    assert [remedied for _, _, remedied in made(text)] == [False, False, False, True]
