"""Whatever the API refuses it says what to do, in both languages and in its own terms: operations and fields."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import exchange
import exchange.api.app  # whose models are looked through
from exchange import errors
from exchange.api.model import ApiModel
from exchange.api.problems import status_of
from exchange.api.terms import in_api_terms
from exchange.language import Language
from exchange.language.catalogue import translated

import_module("exchange.api.app")  # whose models have the fields
ROOT = Path(exchange.__path__[0])
KINDS = {
    name: kind for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.ExchangeError) and status_of(kind.__new__(kind)) < 500
}  # fmt: skip
"""Errors whose words a client of the API reads; of others it is told to try later."""
OPERATORS = {
    "calendar", "certify", "dead", "doctor", "domain", "init", "licence", "release", "resend",
    "substitute", "token",
}  # fmt: skip
"""Commands that no operation stands for: an operator or an officer gives them."""
COMMAND = re.compile(r"\bexchange ([a-z]+)")
OPTION = re.compile(r"(?<![\w-])--([a-z][a-z-]*)")
FIELD = re.compile("`([a-z_]+)`")
PLACE = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True)
class Raised:
    """An error that is made somewhere, and the texts of its remedy as far as they stand there."""

    place: str
    kind: str
    gives_one: bool
    """It hands a remedy on, whatever its words are."""
    remedies: tuple[str, ...]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def behind_the_api() -> dict[Path, ast.Module]:
    """Modules of the API and of all that it imports, however far away."""
    paths = {module_of(path): path for path in ROOT.rglob("*.py")}
    ahead = [name for name in paths if name.startswith("exchange.api")]
    trees: dict[Path, ast.Module] = {}
    while ahead:
        path = paths[ahead.pop()]
        if path in trees:
            continue
        trees[path] = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(trees[path]):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
                ahead += [name for name in names if name in paths]
    return trees


def texts_of(node: ast.expr, constants: dict[str, list[ast.expr]]) -> Iterator[str]:
    """The texts that an expression may come to, as far as they stand in the module."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (text for one in (node.body, node.orelse) for text in texts_of(one, constants))
    elif isinstance(node, ast.Call) and node.args:
        yield from texts_of(node.args[0], constants)
    elif isinstance(node, ast.Name):
        yield from (text for one in constants.get(node.id, []) for text in texts_of(one, {}))


def raised_in(path: Path, tree: ast.Module) -> Iterator[Raised]:
    constants: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            constants.setdefault(node.targets[0].id, []).append(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in KINDS:
                given = [one.value for one in node.keywords if one.arg == "remedy"]
                found = tuple(text for one in given for text in texts_of(one, constants))
                yield Raised(f"{path.relative_to(ROOT)}:{node.lineno}", name, bool(given), found)


@cache
def found() -> list[Raised]:
    """All of them; not looked for by whoever only collects the tests."""
    return [one for path, tree in behind_the_api().items() for one in raised_in(path, tree)]


def test_the_walk_finds_them() -> None:
    assert len(found()) > 200
    assert {one.place.partition("/")[0] for one in found()} >= {"api", "approval", "documents", "messaging", "notices"}


def test_every_error_has_a_remedy_of_its_own_or_of_its_kind() -> None:
    assert [one for one in found() if not one.gives_one and not KINDS[one.kind].remedy] == []


def fields() -> set[str]:
    """Every field of what the API takes and gives, and what stands in its queries."""
    ahead, found = [ApiModel], {"cursor", "limit"}
    while ahead:
        model = ahead.pop()
        ahead += model.__subclasses__()
        found |= set(model.model_fields)
    return found


@pytest.mark.parametrize("wanted", list(Language))
def test_remedies_are_in_both_languages_and_name_no_option_and_no_command_that_is_an_operation(
    wanted: Language,
) -> None:
    texts = {text: one.place for one in found() for text in one.remedies} | {
        one.remedy: name for name, one in KINDS.items()
    }
    for text, place in texts.items():
        said = in_api_terms(translated(text, wanted))
        if wanted is Language.CHINESE:
            assert re.search("[\u4e00-\u9fff]", said) or not re.search("[a-z]", PLACE.sub("", said)), (place, text)
        commands = COMMAND.findall(said)
        assert set(commands) <= OPERATORS, (place, said)
        named = [name for name in FIELD.findall(said) if f"`{name}`" not in text]
        assert set(named) <= fields(), (place, said)
        left = [name for name in OPTION.findall(said) if name.replace("-", "_") in fields()]
        assert commands or not left, (place, said)
