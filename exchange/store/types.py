"""Column types that both databases keep alike: instants as microseconds, enums by their value, models as JSON.

Each gives its processors itself, as plain functions: what SQLAlchemy would put around them costs more than they do.
Neither database's driver wants anything done beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from exchange.clock import CST
from exchange.schemas.instants import EARLIEST, END

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_HERE = _EPOCH.astimezone(CST)


def micros(at: datetime) -> int:
    """Return an instant as the database keeps it, for reckoning there: microseconds since 1970."""
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


_FIRST, _LAST = micros(EARLIEST), micros(END) - 1


def _kept_instant(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


@lru_cache(maxsize=4096)
def _instant(kept: int | None) -> datetime | None:
    """The same instants are read again with every message of a case."""
    if kept is None:
        return None
    return _EPOCH_HERE + timedelta(microseconds=min(max(kept, _FIRST), _LAST))


class Instant(TypeDecorator[datetime]):
    """Microseconds since 1970 in UTC: exact, ordered, the same everywhere; read back in China Standard Time.

    What lies outside the bounds of `exchange.schemas.instants` is read as the bound: claims of the years 1 and 9999 are
    on record from when they were taken, and no row may keep others from being read.
    """

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:
        return _kept_instant

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None]:
        return _instant


def printable(text: str) -> str:
    """Return the text without what PostgreSQL cannot keep (NUL, lone surrogates); the signed original keeps it."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def _kept_text(text: str | None) -> str | None:
    return None if text is None else printable(text)


class FreeText(TypeDecorator[str]):
    """What people or other systems wrote, made `printable` when it is stored."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        return _kept_text


def _kept_word(word: StrEnum | None) -> str | None:
    return None if word is None else str(word)


class _Words(dict[Any, Any]):
    """The words of a closed set; for any other, the set's own complaint."""

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__({word.value: word for word in words})
        self[None] = None
        self._words = words

    def __missing__(self, word: Any) -> Any:
        return self._words(word)


class EnumWord(TypeDecorator[StrEnum]):
    """A value of a closed set, kept as its word."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum], length: int = 40) -> None:
        super().__init__(length)
        self.words = words
        self.length = length

    def bind_processor(self, dialect: Dialect) -> Callable[[StrEnum | None], str | None]:
        return _kept_word

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], Any]:
        return _Words(self.words).__getitem__


def read_back(kind: TypeEngine[Any], value: Any) -> Any:
    """Return a value of a column of this type as it reads after it was stored."""
    if value is None:
        return None
    if isinstance(kind, Instant):
        return _instant(micros(value))
    if isinstance(kind, EnumWord):
        return value if isinstance(value, kind.words) else kind.words(value)
    return printable(value) if isinstance(kind, FreeText) else value
