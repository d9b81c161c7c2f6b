"""TOML files that people write: read, checked against a model, and every fault told with file, line and field."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from exchange.errors import BadConfiguration
from exchange.language import Foreign, Text, fault_text, joined
from schemas import Wire

Place = tuple[str | int, ...]
"""Where a value stands: keys of tables and positions in arrays, outermost first."""

M = TypeVar("M", bound=Wire)

_AT_LINE = re.compile(r"at line (\d+)")


@dataclass(frozen=True)
class TomlFile:
    """A file that is TOML, with the line of each of its values."""

    path: Path
    data: dict[str, Any]
    lines: dict[Place, int]

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
            return model.model_validate_json(json.dumps(self.data, default=str))
        except ValidationError as error:
            raise BadConfiguration(
                joined((self.fault(place, what) for place, what in faults_of(error)), "\n")
            ) from error


def faults_of(error: ValidationError) -> list[tuple[Place, Text | Foreign]]:
    """What a model found wrong, in people's words: where, and what it must be."""
    return [(item["loc"], fault_text(item)) for item in error.errors(include_input=False, include_url=False)]


def read_toml(path: Path) -> TomlFile:
    """Reads a file. Raises BadConfiguration naming the file, and the line where it is not TOML."""
    try:
        text = path.read_text(encoding="utf-8")
        return TomlFile(path, tomllib.loads(text), dict(_places(text)))
    except OSError as error:
        raise BadConfiguration(f"{path}:1: {error.strerror}", mend="name a readable TOML file") from error
    except UnicodeDecodeError as error:
        raise BadConfiguration(f"{path}:1: not UTF-8 text", mend="save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found.group(1)) if found else text.count("\n") + 1
        raise BadConfiguration(f"{path}:{line}: {error}", mend="correct the TOML at that line") from error


def _places(text: str) -> Iterator[tuple[Place, int]]:
    """Every value's place with the line on which its statement begins."""
    lines = text.split("\n")
    table: Place = ()
    counts: dict[Place, int] = {}
    row = 0
    while row < len(lines):
        end, found = _statement(lines, row)
        if lines[row].lstrip().startswith("["):
            table = _enter(found, counts)
            yield table, row + 1
        else:
            for place in _walk(found):
                yield (*table, *place), row + 1
        row = end


def _statement(lines: Sequence[str], row: int) -> tuple[int, dict[str, Any]]:
    """The shortest run of lines from ``row`` that is TOML by itself: a header, a key with its value, or nothing."""
    for end in range(row + 1, len(lines) + 1):
        try:
            return end, tomllib.loads("\n".join(lines[row:end]))
        except tomllib.TOMLDecodeError:
            continue
    raise ValueError("the text is not TOML")


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
