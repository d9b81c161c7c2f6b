"""Column types that both databases keep alike: instants as microseconds, enums by their value, models as JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from exchange.clock import CST
from exchange.schemas.instants import EARLIEST, END

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ANY = DefaultDialect()
"""These types are kept alike by every database."""


def micros(at: datetime) -> int:
    """Return an instant as the database keeps it, for reckoning there: microseconds since 1970."""
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


_FIRST, _LAST = micros(EARLIEST), micros(END) - 1


class Instant(TypeDecorator[datetime]):
    """Microseconds since 1970 in UTC: exact, ordered, the same everywhere; read back in China Standard Time.

    What lies outside the bounds of `exchange.schemas.instants` is read as the bound: claims of the years 1 and 9999 are
    on record from when they were taken, and no row may keep others from being read.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        return micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return (_EPOCH + timedelta(microseconds=min(max(value, _FIRST), _LAST))).astimezone(CST)


def printable(text: str) -> str:
    """Return the text without what PostgreSQL cannot keep (NUL, lone surrogates); the signed original keeps it."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


class FreeText(TypeDecorator[str]):
    """What people or other systems wrote, made `printable` when it is stored."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else printable(value)


class EnumWord(TypeDecorator[StrEnum]):
    """A value of a closed set, kept as its word."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum], length: int = 40) -> None:
        super().__init__(length)
        self.words = words
        self.length = length

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else self.words(value)


def read_back(kind: TypeEngine[Any], value: Any) -> Any:
    """Return a value of a column of this type as it reads after it was stored."""
    if isinstance(kind, Instant):
        return kind.process_result_value(kind.process_bind_param(value, _ANY), _ANY)
    if isinstance(kind, EnumWord):
        return kind.process_result_value(kind.process_bind_param(value, _ANY), _ANY)
    return kind.process_bind_param(value, _ANY) if isinstance(kind, FreeText) else value
