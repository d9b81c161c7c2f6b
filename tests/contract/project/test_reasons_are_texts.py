"""What people are told of a fault is a text of the catalogue with parameters: no f-string, which only English has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import exchange
import exchange.schemas

PLACES = [Path(package.__file__ or "").parent.resolve() for package in (exchange, exchange.schemas)]
TELLING = {"why", "reason", "remedy", "fault", "obstacle", "trouble"}
"""What parameters and fields are called that somebody reads."""
ON_RECORD = {"log", "note", "record", "warning", "error", "info", "exception", "debug"}
"""Logs and the journal are English always, and are written by these."""
OF_PROGRAMS = {
    "exchange/__init__.py": "a name that the package does not have, as Python says it",
    "envelope/chunks.py": "a part that is none: a mistake of the program",
    "store/engine.py": "a sentence that the database server says as well, and that is explained with its own",
    "exchange/transitions.py": "a move that no table has: a mistake of the program",
    "machine/webhook_signature.py": "receivers copy this file, which imports Python's own library alone",
}
"""Files whose errors no reader of texts sees, and why."""


def sources() -> dict[Path, ast.Module]:
    paths = {path for place in PLACES for path in place.rglob("*.py") if "migrations" not in path.parts}
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    return {path: ast.parse(text) for path, text in texts.items() if 'f"' in text or "f'" in text or "class " in text}


def telling_places(trees: list[ast.Module]) -> dict[str, set[int]]:
    """Of every class with fields, by its name, at which places what is read is given."""
    found: dict[str, set[int]] = {}
    for tree in trees:
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                fields = [one.target.id for one in node.body if isinstance(one, ast.AnnAssign)
                          and isinstance(one.target, ast.Name)]  # fmt: skip
                found[node.name] = {at for at, name in enumerate(fields) if name in TELLING}
    return found


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def hides(node: ast.expr) -> bool:
    """Whether a text is put together there and then."""
    if isinstance(node, ast.IfExp):
        return hides(node.body) or hides(node.orelse)
    if isinstance(node, ast.BoolOp):
        return any(map(hides, node.values))
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Mod) and (hides_words(node.left) or hides_words(node.right))
    words = (
        [one.value for one in node.values if isinstance(one, ast.Constant)] if isinstance(node, ast.JoinedStr) else []
    )
    return any(re.search("[a-z]", str(one)) for one in words)


def hides_words(node: ast.expr) -> bool:
    return hides(node) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def hidden(tree: ast.Module, places: dict[str, set[int]]) -> Iterator[int]:
    """Lines where a fault's or a reason's text is no text of the catalogue."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and any(map(hides, node.exc.args)):
            yield node.lineno
        if not isinstance(node, ast.Call) or called(node) in ON_RECORD:
            continue
        given = [argument for at, argument in enumerate(node.args) if at in places.get(called(node), ())]
        given += [keyword.value for keyword in node.keywords if keyword.arg in TELLING]
        if any(map(hides, given)):
            yield node.lineno


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise NotFound(f"no case {case}")', 1),
        ('raise ValueError("no case " + case)', 1),
        ('raise NotFound("no case {case}", case=case)', 0),
        ('Stuck(to, WENT_BACK, f"{to} leads back")', 1),
        ('Stuck(to, WENT_BACK, why=f"{to} leads back")', 1),
        ('Stuck(to, WENT_BACK, Text("{to} leads back", {"to": to}))', 0),
        ('Stuck(to, WENT_BACK, "a" if to else f"b {to}")', 1),
        ('log.warning("x", reason=f"{error}")', 0),
        ('step.note("x", None, None, reason=f"{error}")', 0),
    ],
)
def test_what_hides_its_template_is_found(source: str, found: int) -> None:
    assert len(list(hidden(ast.parse(source), {"Stuck": {2}}))) == found


def test_no_reason_or_fault_is_an_f_string() -> None:
    trees = sources()
    places = telling_places(list(trees.values()))
    assert {"Stuck", "EvidenceFault", "Exercised", "Finding", "LedgerEntry"} <= {
        one for one, at in places.items() if at
    }
    found = {f"{path.parent.name}/{path.name}:{line}" for path, tree in trees.items() for line in hidden(tree, places)}
    assert {one for one in found if one.partition(":")[0] not in OF_PROGRAMS} == set()
    assert {one.partition(":")[0] for one in found} >= set(OF_PROGRAMS), "no longer needed"
