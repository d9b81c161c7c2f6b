"""Many rows by one statement that is compiled once: SQLAlchemy's own way costs more for each row than the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, insert, literal_column
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.dml import UpdateBase

from exchange.store.compiled import CompiledConnection
from exchange.store.plans import Plan, plans_for


@dataclass
class Many:
    """A statement whose open parameters are the keys of each row."""

    statement: UpdateBase
    _plans: dict[str, Plan] = field(default_factory=dict)

    def run(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run the statement for every row, in order; ``connection`` is a transaction's."""
        plan = self._plans.get(connection.dialect.name) or self._planned(connection.dialect)
        values = [plan.bound(row) for row in rows]
        if values:
            cast(CompiledConnection, connection).many(plan.sql, values)

    def _planned(self, dialect: Dialect) -> Plan:
        plan = self._plans[dialect.name] = plans_for(dialect).without_lists(self.statement)
        return plan


def adding(table: Table, *columns: str, **constants: str) -> Many:
    """Insert rows of ``columns``; ``constants`` are the same in every row, as SQL."""
    values: dict[str, Any] = {name: bindparam(name, type_=table.c[name].type) for name in columns}
    return Many(insert(table).values(values | {name: literal_column(sql) for name, sql in constants.items()}))
