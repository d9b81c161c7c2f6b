"""The one reader of JSON that somebody has signed: what could be read in two ways is refused.

Names that occur twice, lone surrogates, numbers that are no integers or beyond what every reader holds exactly
(RFC 7493), NaN and Infinity, bytes that are not UTF-8, nesting without end. Instants and every other field have their
forms in the schemas. Nothing else in the exchange parses signed JSON; a test sees to it.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from exchange.errors import Malformed
from exchange.language import Text
from exchange.language.names import coded
from exchange.schemas.base import LARGEST_INTEGER, Wire
from exchange.schemas.titles import TITLES

M = TypeVar("M", bound=Wire)

MAX_DEPTH = 32
"""Arrays and objects within each other; no schema needs a third of it."""
_FAULTS_TOLD = 20
_PLACE_LENGTH = 60
_QUOTING = frozenset({"union_tag_invalid"})
"""Kinds of fault whose sentence quotes what was written."""


def read_model(model: type[M], data: bytes, what: str) -> M:
    """Read a signed value from its JSON bytes. Raises Malformed, which says what is wrong with which field."""
    value = _validated(model, data)
    if isinstance(value, ValidationError):
        read_json(data, what)  # what has not one reading is told first
        raise Malformed("{what}: {error}", what=coded(TITLES, what), error=_where(value))
    if value.as_json() == data:
        return value  # just what we would write of it: there is one way to read it
    if not _bytes_are_as_specified(value.model_dump(), read_json(data, what)):
        raise Malformed("{what}: bytes are not base64url with padding", what=coded(TITLES, what))
    return value


def read_json(data: bytes, what: str) -> Any:
    """Parse signed JSON that has one reading. Raises Malformed naming ``what``."""
    named = coded(TITLES, what)

    def refuse(why: Text) -> NoReturn:
        raise Malformed("{what}: {why}", what=named, why=why)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) != len(pairs):
            refuse(Text("a field appears twice"))
        return fields

    def whole(digits: str) -> int:
        if len(digits) > 17 or abs(int(digits)) > LARGEST_INTEGER:
            refuse(Text("a number is too large"))
        return int(digits)

    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=unique,
            parse_int=whole,
            parse_float=lambda _: refuse(Text("a number is not an integer")),
            parse_constant=lambda _: refuse(Text("a number is not an integer")),
        )
    except (ValueError, RecursionError):
        refuse(Text("not JSON"))
    _check_texts(value, refuse)
    return value


def values_of(data: bytes, name: str) -> list[str]:
    """Return every text that stands under a name at the top of a faulty body: only to guess what it is about."""
    return list(_texts(pairs_of(data), name))


class Pairs(list[tuple[str, Any]]):
    """The names and values of an object, as often as they stand there."""


def pairs_of(data: bytes) -> Pairs:
    """Return what stands in a faulty object: only to guess what it is about. Nothing where it is none."""
    try:
        pairs = json.loads(data, object_pairs_hook=Pairs)
    except (ValueError, RecursionError):
        return Pairs()
    return pairs if isinstance(pairs, Pairs) else Pairs()


def _texts(pairs: Pairs, name: str) -> Iterator[str]:
    for found, value in pairs:
        if found == name and isinstance(value, str) and value.isprintable():
            yield value


def _validated(model: type[M], data: bytes) -> M | ValidationError:
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        return error


def _bytes_are_as_specified(value: Any, written: Any) -> bool:
    """Whether bytes stand there in their one form: base64 has others that read alike (RFC 4648, 3.5, 5)."""
    if isinstance(value, bytes):
        return bool(urlsafe_b64encode(value).decode() == written)
    if isinstance(value, dict) and isinstance(written, dict):
        return all(_bytes_are_as_specified(one, written[name]) for name, one in value.items() if name in written)
    if isinstance(value, list | tuple) and isinstance(written, list):
        return all(map(_bytes_are_as_specified, value, written))
    return True


def _check_texts(value: Any, refuse: Callable[[Text], NoReturn]) -> None:
    """Refuse half characters, and nesting that nobody needs."""
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > MAX_DEPTH:
            refuse(Text("nested too deep"))
        if isinstance(one, str) and not _is_whole(one):
            refuse(Text("a text holds half a character (a lone surrogate)"))
        if isinstance(one, dict):
            waiting += [(name, depth) for name in one]
        if isinstance(one, dict | list):
            waiting += [(inside, depth + 1) for inside in (one.values() if isinstance(one, dict) else one)]


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _where(error: ValidationError) -> Text:
    """What the schema says of it, place by place, for whoever wrote it; never the content itself."""
    faults = error.errors(include_input=False, include_url=False)
    told = sorted({_sentence(item) for item in faults})
    return Text("does not follow its schema: {faults}", {"faults": "; ".join(told[:_FAULTS_TOLD])})


def _sentence(item: ErrorDetails) -> str:
    place = ".".join(_shown(str(part)[:_PLACE_LENGTH]) for part in item["loc"])
    said = item["msg"] if item["type"] not in _QUOTING else "not one of those that are known"
    said = said.removeprefix("Value error, ")
    return said if not place or said.startswith(f"{place}:") else f"{place}: {said}"


def _shown(name: str) -> str:
    """A field's name as it may stand in a sentence of ours: a stranger's ends no line and turns no text around."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in name)
