"""Rows of any table as they lie in the database, in the order of its key and a page at a time, for checks of them.

Words of closed sets are read as text: a row that somebody has written by hand must not keep the others from being read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, Select, String, Table, literal, select, tuple_, type_coerce

from exchange.store.types import EnumWord

RowTable = Table
"""A table of the schema."""
Row = Mapping[str, Any]
"""A row's values by column."""


class RowScope(NamedTuple):
    """Which rows are wanted: all, or those where a column is one of some values, and those from a moment on."""

    column: str | None = None
    among: tuple[str, ...] = ()
    moment: str | None = None
    since: datetime | None = None


class TableRows:
    """Rows within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def page(self, table: RowTable, after: tuple[Any, ...] | None, limit: int, scope: RowScope) -> list[Row]:
        """Return at most ``limit`` rows whose keys follow ``after``, in the order of the table's primary key."""
        key = list(table.primary_key.columns)
        query = _scoped(_all(table), table, scope).order_by(*key).limit(limit)
        if after is not None:
            last = [literal(value, type_=column.type) for value, column in zip(after, key, strict=True)]
            query = query.where(tuple_(*key) > tuple_(*last))
        return [dict(row._mapping) for row in self._db.execute(query)]

    def newest(self, table: RowTable, column: str, limit: int) -> list[Row]:
        """Return the newest rows, those first: the last numbers where rows are numbered as they are written, else the
        highest values of a column, which an index should serve.
        """
        key = next(iter(table.primary_key.columns))
        place = key if isinstance(key.type, Integer) else table.c[column]
        query = _all(table).order_by(place.desc()).limit(limit)
        query = query.where(table.c[column].is_not(None)) if table.c[column].nullable else query
        return [dict(row._mapping) for row in self._db.execute(query)]

    def where(
        self, table: RowTable, column: str, values: Collection[str], order: Sequence[str] = (), **equal: str
    ) -> list[Row]:
        """Return the rows where a column is one of some values, a few hundred at most, and others are as named."""
        query = _all(table).where(table.c[column].in_(list(values))).order_by(*(table.c[name] for name in order))
        query = query.where(*(table.c[name] == value for name, value in equal.items()))
        return [dict(row._mapping) for row in self._db.execute(query)] if values else []


def key_of(table: RowTable, row: Row) -> tuple[Any, ...]:
    """Return a row's primary key."""
    return tuple(row[column.key] for column in table.primary_key.columns)


@lru_cache(maxsize=64)
def _all(table: Table) -> Select[Any]:
    return select(*((type_coerce(one, String()) if isinstance(one.type, EnumWord) else one).label(one.key)
                    for one in table.c))  # fmt: skip


def _scoped(query: Select[Any], table: Table, scope: RowScope) -> Select[Any]:
    if scope.column is not None:
        query = query.where(table.c[scope.column].in_(list(scope.among)))
    if scope.since is not None and scope.moment is not None:
        query = query.where(table.c[scope.moment] >= scope.since)
    return query
