"""The one reader of JSON that somebody has signed: what could be read in two ways is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from exchange.errors import Malformed
from exchange.language.names import coded
from exchange.schemas.titles import TITLES


def read_json(data: bytes, what: str) -> Any:
    """Parse JSON in which no object has a name twice. Raises Malformed naming ``what``."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) != len(pairs):
            raise Malformed("{what}: a field appears twice", what=coded(TITLES, what))
        return fields

    try:
        return json.loads(data, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        raise Malformed("{what}: not JSON", what=coded(TITLES, what)) from None


def values_of(data: bytes, name: str) -> list[str]:
    """Return every text that stands under a name at the top of a faulty body: only to guess what it is about."""
    try:
        pairs = json.loads(data, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return []
    return list(_texts(pairs, name)) if isinstance(pairs, _Pairs) else []


class _Pairs(list[tuple[str, Any]]):
    """The names and values of an object, as often as they stand there."""


def _texts(pairs: _Pairs, name: str) -> Iterator[str]:
    for found, value in pairs:
        if found == name and isinstance(value, str) and value.isprintable():
            yield value
