"""Answers as people write them: field=value on the command line, or a TOML file with a line for each field."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from exchange.errors import BadConfiguration, CallerError
from exchange.tomlfile import read_toml


def read_answers(path: Path) -> dict[str, str]:
    """Read the values of a file as text, numbers just as they are written there, true and false as yes and no.

    Raises BadConfiguration naming file, line and field.
    """
    file = read_toml(path)
    exact = tomllib.loads(file.text, parse_float=str)  # a float would round what is written
    values: dict[str, str] = {}
    for name, value in exact.items():
        text = _as_text(value)
        if text is None:
            raise BadConfiguration(
                file.fault((name,), "must be text, a number, a date, true or false"),
                remedy="write one value for a field",
            )
        values[name] = text
    return values


def parse_values(given: Sequence[str]) -> dict[str, str]:
    """Parse the values of ``field=value``, each field once; what follows the first equals sign is the value, as it is.

    Raises CallerError.
    """
    values: dict[str, str] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name or name in values:
            raise CallerError(
                "{name!r} is no field with a value, or is given twice", remedy="write field=value", name=name or one
            )
        values[name] = value
    return values


def _as_text(value: object) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return None
