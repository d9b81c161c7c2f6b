"""TOML files that people write: read, checked against a model, and every fault told with file, line and field."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from exchange.errors import BadConfiguration
from exchange.language import Foreign, Text, fault_text, joined
from exchange.machine.textfile import read_text
from exchange.schemas import Wire
from exchange.schemas.written import faults_in

Place = tuple[str | int, ...]
"""Where a value stands: keys of tables and positions in arrays, outermost first."""

M = TypeVar("M", bound=Wire)

DEEPEST = 32
"""Tables and lists that may lie in one another."""

_TOKENS = re.compile(
    r'''"""(?:\\[\s\S]|[^\\])*?"{3,5}|'{3}[\s\S]*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*|[^"'#\[\]{}\n.=,]+|.|\n'''
)
"""Strings, comments, and the signs that put values into one another, for cutting a text into statements."""
_OPEN, _CLOSE, _ENDS_KEY = frozenset("[{"), frozenset("]}"), frozenset("=,\n")
_LONGEST = 1000
"""Characters of a bare key or a number: Python reads no longer ones in decent time."""
_MOST = 100_000
"""Signs, keys and values of a file; a text of any length is one. Some 30,000 values, read in half a second."""

_AT_LINE = re.compile(r"at line (\d+)")


@dataclass(frozen=True)
class TomlFile:
    """A file that is TOML, with the line of each of its values."""

    path: Path
    data: dict[str, Any]
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> dict[Place, int]:
        """The line on which each value's statement begins; reckoned where somebody wants to know."""
        return dict(_places(self.text))

    def fault(self, place: Sequence[str | int], message: str | Text | Foreign, /, **parameters: object) -> Text:
        """One line for people: file, line, field and what is wrong with it, a template as those of errors."""
        field = ".".join(str(step) for step in place)
        where = f"{self.path}:{self.line_of(place)}: {f'{field}: ' if field else ''}"
        fault = Text(message, parameters) if isinstance(message, str) else message
        return Text("{where}{fault}", {"where": where, "fault": fault})

    def line_of(self, place: Sequence[str | int]) -> int:
        """The line of a value, or of the nearest table around it; 1 for the file as a whole."""
        for length in range(len(place), 0, -1):
            line = self.lines.get(tuple(place[:length]))
            if line is not None:
                return line
        return 1

    def validated(self, model: type[M]) -> M:
        """The data as a model. Raises BadConfiguration naming every fault."""
        try:
            found = model.model_validate_json(json.dumps(self.data, default=_as_json))
        except ValidationError as error:
            raise BadConfiguration(
                joined((self.fault(place, what) for place, what in faults_of(error)), "\n")
            ) from error
        if faults := [self.fault(place, what) for place, what in faults_in(found)]:
            raise BadConfiguration(joined(faults, "\n"))
        return found


def _as_json(value: object) -> str:
    """What TOML has and JSON has not: instants and days, as they are written there."""
    return value.isoformat() if isinstance(value, date | time) else str(value)


def faults_of(error: ValidationError) -> list[tuple[Place, Text | Foreign]]:
    """What a model found wrong, in people's words: where, and what it must be."""
    return [(item["loc"], fault_text(item)) for item in error.errors(include_input=False, include_url=False)]


def read_toml(path: Path) -> TomlFile:
    """Reads a file. Raises BadConfiguration naming the file, and the line where it is not TOML."""
    text = read_text(path, kind="TOML")
    _refuse_monsters(path, text)
    try:
        return TomlFile(path, tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found.group(1)) if found else text.count("\n") + 1
        raise BadConfiguration(
            "{path}:{line}: {error}", remedy="correct the TOML at that line", path=path, line=line, error=error
        ) from error


def _refuse_monsters(path: Path, text: str) -> None:
    """Raises BadConfiguration where values are more, lie deeper in one another or are longer than people write."""
    depth = dots = 0
    for number, token in enumerate(_TOKENS.finditer(text)):
        sign = token.group()
        if sign in _OPEN:
            depth += 1
        elif sign in _CLOSE:
            depth -= 1
        dots = dots + 1 if sign == "." else 0 if sign in _ENDS_KEY else dots
        fault = f"more than {DEEPEST} tables or lists in one another" if max(depth, dots) > DEEPEST else ""
        if len(sign) > _LONGEST and sign[0] not in "\"'#" and not sign.isspace():
            fault = "a key or a number with too many characters"
        if number >= _MOST:
            fault = "more values than anybody writes by hand"
        if fault:
            line = text.count("\n", 0, token.start()) + 1
            raise BadConfiguration(
                "{path}:{line}: {fault}", remedy="correct the TOML there", path=path, line=line, fault=fault
            )


def _places(text: str) -> Iterator[tuple[Place, int]]:
    """Every value's place with the line on which its statement begins."""
    table: Place = ()
    counts: dict[Place, int] = {}
    for row, statement in _statements(text):
        found = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _enter(found, counts)
            yield table, row
        else:
            for place in _walk(found):
                yield (*table, *place), row


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Headers, and keys with their values, each with the line on which it begins; the text must be TOML."""
    depth = start = 0
    row = next_row = 1
    for token in _TOKENS.finditer(text):
        sign = token.group()
        depth += (sign in _OPEN) - (sign in _CLOSE)
        next_row += sign.count("\n")
        if sign == "\n" and depth == 0:
            yield row, text[start : token.end()]
            start, row = token.end(), next_row
    yield row, text[start:]


def _walk(value: Any) -> Iterator[Place]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (key,)
        for place in _walk(inner):
            yield (key, *place)


def _enter(header: dict[str, Any], counts: dict[Place, int]) -> Place:
    """The place of a table header; below an array of tables, that of its latest element."""
    place: Place = ()
    inner: Any = header
    while inner:
        key, inner = next(iter(inner.items()))
        place = (*place, key)
        if isinstance(inner, list):
            counts[place] = counts.get(place, -1) + 1
            inner = inner[0]
        if place in counts:
            place = (*place, counts[place])
    return place
