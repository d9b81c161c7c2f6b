"""Many rows by one statement that is compiled once: SQLAlchemy's own way costs more for each row than the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import BindParameter, Connection, Table, bindparam, insert, literal_column
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.dml import UpdateBase

from exchange.store.compiled import CompiledConnection

_Slot = tuple[str | None, Callable[[Any], Any] | None, Any]
"""One place of a statement: a row's key and how its value is bound; or no key, and what the statement itself says."""
_Prepared = tuple[str, tuple[_Slot, ...]]


@dataclass
class Many:
    """A statement whose open parameters are the keys of each row."""

    statement: UpdateBase
    _prepared: dict[str, _Prepared] = field(default_factory=dict)

    def run(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run the statement for every row, in order; ``connection`` is a transaction's."""
        sql, slots = self._prepared.get(connection.dialect.name) or self._prepare(connection.dialect)
        values = [_values(slots, row) for row in rows]
        if values:
            cast(CompiledConnection, connection).many(sql, values)

    def _prepare(self, dialect: Dialect) -> _Prepared:
        """The SQL for a database, and what goes into its places, one after another."""
        style = "qmark" if dialect.name == "sqlite" else "format"
        compiled: Any = self.statement.compile(dialect=type(dialect)(paramstyle=style))  # type: ignore[call-arg]
        slots = tuple(_slot(name, compiled.binds[name], dialect) for name in compiled.positiontup)
        self._prepared[dialect.name] = str(compiled), slots
        return self._prepared[dialect.name]


def _values(slots: tuple[_Slot, ...], row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(
        [said if name is None else row[name] if bind is None else bind(row[name]) for name, bind, said in slots]
    )


def _slot(name: str, parameter: BindParameter[Any], dialect: Dialect) -> _Slot:
    bind = parameter.type.dialect_impl(dialect).bind_processor(dialect)
    if parameter.required:
        return name, bind, None
    return None, None, bind(parameter.value) if bind else parameter.value


def adding(table: Table, *columns: str, **constants: str) -> Many:
    """Insert rows of ``columns``; ``constants`` are the same in every row, as SQL."""
    values: dict[str, Any] = {name: bindparam(name, type_=table.c[name].type) for name in columns}
    return Many(insert(table).values(values | {name: literal_column(sql) for name, sql in constants.items()}))
