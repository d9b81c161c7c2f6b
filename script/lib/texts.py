"""Collects every text that people read, keeps the Chinese catalogue in step with them, and compiles it."""

from __future__ import annotations

import ast
import inspect
import io
import re
import string
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import exchange.language
from exchange import errors
from exchange.cli import app
from exchange.cli.help import texts_of

PLACE = Path(exchange.language.__file__).parent / "zh" / "LC_MESSAGES"
SOURCES = ("exchange", "schemas", "departments")

_RENDERING = {
    "tr": (0,), "plural": (2,), "noted": (0,), "Finding": (1, 2, 3), "Text": (0,), "Unfit": (0,),
    "check_reason": (1, 2), "reason_given": (3, 4),
}  # fmt: skip
"""Which arguments of what takes a text are texts; of plurals the second form is the key."""
_HOMES = ("exchange.language", "exchange.messaging.rules.wording", "exchange.desk.faults")
"""Where these come from."""
_ERRORS = {name for name, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, Exception)}
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Found:
    """A text and where it stands; ``fault`` says why it cannot be translated as it is written."""

    text: str
    place: str
    fault: str = ""


class _Module(ast.NodeVisitor):
    """The texts of one module."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: list[Found] = []
        tree = ast.parse(path.read_text(encoding="utf-8"))
        self.constants: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            for name, value in _constants([node]):
                self.constants.setdefault(name, []).append(value)
        self.ours = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_HOMES)
            for alias in node.names
        }
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name in _ERRORS:
                for name, value in _constants(node.body):
                    if name == "remedy":
                        self.take(value)
        self.visit(tree)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        super_of_error = name == "__init__" and self.path.parts[0] == "errors" and isinstance(node.func, ast.Attribute)
        places: tuple[int, ...] = (0,) if name in _ERRORS or super_of_error else ()
        if name in _RENDERING and (name in self.ours or name == "Finding" or self.path.parent.name == "language"):
            places = _RENDERING[name]
        if name == "fault" and len(node.args) == 2:
            places = (1,)
        if name == "ValueError" and self.path.parts[0] == "schemas":
            places = (0,)
        if any(keyword.arg == "remedy" for keyword in node.keywords):
            self.take(next(keyword.value for keyword in node.keywords if keyword.arg == "remedy"))
        for place in places:
            if place < len(node.args):
                self.take(node.args[place])
        self.generic_visit(node)

    def take(self, node: ast.expr) -> None:
        """A text, or the texts between which is chosen."""
        place = f"{self.path}:{node.lineno}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.found.append(Found(node.value, place))
        elif isinstance(node, ast.IfExp):
            self.take(node.body)
            self.take(node.orelse)
        elif isinstance(node, ast.BoolOp):
            for value in node.values:
                self.take(value)
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            for value in self.constants.get(node.value.id, ()):
                self.take(value)
        elif isinstance(node, ast.Dict):
            for value in node.values:
                self.take(value)
        elif isinstance(node, ast.Name):
            for value in self.constants.pop(node.id, ()):
                self.take(value)
        elif isinstance(node, ast.JoinedStr | ast.BinOp):
            self.found.append(Found(ast.unparse(node), place, "write a template and its parameters, no f-string"))


def _constants(body: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    for node in body:
        target, value = (node.targets[0], node.value) if isinstance(node, ast.Assign) else (None, None)
        if isinstance(node, ast.AnnAssign):
            target, value = node.target, node.value
        if isinstance(target, ast.Name) and value is not None:
            yield target.id, value


_RECOGNISED = ("Missing command.", "No such command {name!r}.")
"""Sentences of typer's that `exchange.cli.usage` reads and must find in English."""


def _libraries() -> Iterator[Found]:
    """Typer's own words: usage, options, and what it says of a command line that it cannot read."""
    for path in sorted(Path(typer.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            many = {"_": 0, "gettext": 0, "ngettext": 1}.get(node.func.id)
            if many is not None and many < len(node.args) and isinstance(node.args[many], ast.Constant):
                if node.args[many].value not in _RECOGNISED:
                    yield Found(node.args[many].value, f"typer/{path.name}")
                if many:
                    yield Found(node.args[0].value, f"typer/{path.name}")


def _completion() -> Iterator[Found]:
    """The help of typer's options for completion, which depend on the shell that is found."""
    for node in ast.walk(ast.parse((Path(typer.__file__).parent / "completion.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "help" and isinstance(node.value, ast.Constant):
            yield Found(str(node.value.value), "typer/completion.py")


def collect() -> list[Found]:
    """Every text, in the order of its sources; the same whatever surrounds this process."""
    completion = list(_completion())
    of_typer = {one.text for one in completion}
    found = [one for folder in SOURCES for path in sorted(Path(folder).rglob("*.py")) for one in _Module(path).found]
    found += [Found(text, "help") for text in texts_of(typer.main.get_command(app)) if text not in of_typer]
    found += completion
    found += _libraries()
    return [one for one in found if one.fault or _LETTERS.search(_without_places(one.text))]


def _without_places(text: str) -> str:
    try:
        return "".join(before for before, *_ in string.Formatter().parse(text))
    except ValueError:
        return text


def places_in(text: str) -> set[str]:
    """The names of a template's places."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return set()


def brought_up_to_date(old: Catalog, found: Iterable[Found]) -> Catalog:
    """A catalogue of exactly these texts, with the translations that the old one has."""
    # The same bytes from the same texts, whenever: the header has no date of today.
    new = Catalog(
        "zh", project="yizhan", fuzzy=False, charset="utf-8", creation_date=_LONG_AGO, revision_date=_LONG_AGO
    )
    sources: dict[str, list[str]] = {}
    for one in found:
        sources.setdefault(one.text, []).append(one.place.partition(":")[0])
    for text in sorted(sources, key=lambda text: (min(sources[text]), text)):
        known = old.get(text)
        said = known.string if known is not None and isinstance(known.string, str) else ""
        new.add(text, said, locations=[(place, 0) for place in sorted(set(sources[text]))])
    return new


def faults_of(catalogue: Catalog, found: Iterable[Found]) -> list[str]:
    """What is missing or does not fit."""
    faults = [f"{one.place}: {one.fault}: {one.text}" for one in found if one.fault]
    for message in catalogue:
        if not message.id:
            continue
        text, said = str(message.id), str(message.string)
        where = message.locations[0][0] if message.locations else ""
        if not said:
            faults.append(f"{where}: no Chinese for: {text}")
        elif places_in(said) != places_in(text):
            faults.append(f"{where}: other places in the Chinese for: {text}")
        faults += [f"{where}: the Chinese says {unit!r} twice running for: {text}" for unit in said_twice(text, said)]
    return faults


_TWICE = re.compile(r"(?=\S)(.{4,}?)\1+", re.DOTALL)


def said_twice(text: str, said: str) -> list[str]:
    """What a translation says twice running where its text does not: merges of catalogues have left such."""
    units = [match.group(1) for match in _TWICE.finditer(said)]
    return [unit for unit in units if unit * 2 not in text]


def written(catalogue: Catalog) -> bytes:
    """The catalogue as its source file."""
    file = io.BytesIO()
    write_po(file, catalogue, width=120, include_lineno=False, omit_header=False)
    lines = file.getvalue().decode().split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith("msgid"))
    return "\n".join(
        ["# The Chinese of every text that people read; script/texts keeps it in step.", *lines[start:]]
    ).encode()


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def main(arguments: list[str]) -> int:
    source, target = PLACE / "exchange.po", PLACE / "exchange.mo"
    found = collect()
    old: Any = read_po(io.BytesIO(source.read_bytes() if source.exists() else b""), locale="zh")
    new = brought_up_to_date(old, [one for one in found if not one.fault])
    faults = faults_of(new, found)
    if "--check" in arguments:
        if written(new) != source.read_bytes():
            faults.append(f"{source} is not in step with the source: run script/texts")
        if compiled(new) != target.read_bytes():
            faults.append(f"{target} is not compiled from its source: run script/texts")
    else:
        source.write_bytes(written(new))
        target.write_bytes(compiled(new))
    print("\n".join(faults) or f"{len(new)} texts, all of them in Chinese")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
