"""A public class name means one thing in the whole project."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import exchange
import exchange.schemas

PLACES = [Path(package.__file__ or "").parent.resolve() for package in (exchange, exchange.schemas)]


def public_classes(path: Path) -> Iterator[str]:
    """Names of the public classes that a module defines."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def test_no_two_modules_define_a_public_class_of_one_name() -> None:
    places: dict[str, set[Path]] = defaultdict(set)
    for path in {path.resolve() for place in PLACES for path in place.rglob("*.py")}:
        for name in public_classes(path):
            places[name].add(path)
    assert len(places) > 500, "the walk must find them"
    assert {name: sorted(map(str, found)) for name, found in places.items() if len(found) > 1} == {}
