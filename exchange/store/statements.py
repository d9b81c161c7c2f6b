"""Statements built once and kept: building them anew for every row would cost more than running them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, Update, bindparam, false, or_, update
from sqlalchemy.types import TypeEngine

from exchange.store.types import read_back
from exchange.transitions import Machine, S

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def values_of(row: DataclassInstance) -> dict[str, Any]:
    """Return a row's values by column; flat, where `dataclasses.asdict` would copy every value deeply."""
    return {name: getattr(row, name) for name in _names(type(row))}


@lru_cache(maxsize=32)
def _names(kind: type[DataclassInstance]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def as_stored(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values as they would be read back: instants in the exchange's zone, text as the database keeps it."""
    kinds = _kinds(table)
    return {name: read_back(kinds[name], value) for name, value in values.items()}


@lru_cache(maxsize=32)
def _kinds(table: Table) -> dict[str, TypeEngine[Any]]:
    return {column.key: column.type for column in table.c}


def move(
    connection: Connection,
    table: Table,
    machine: Machine[S],
    key: dict[str, str],
    before: Collection[S],
    after: S,
    fields: dict[str, Any],
) -> bool:
    """Move one row from a state in ``before`` to ``after`` by one guarded UPDATE; True if this call moved it.

    A table with a ``revision`` counts it up. Raises ForbiddenTransition for what the machine does not know.
    """
    machine.check(before, after)
    statement = _guarded_update(table, tuple(key), frozenset(before), tuple(fields))
    values = {f"at_{name}": value for name, value in key.items()}
    values |= {f"new_{name}": value for name, value in fields.items()}
    return connection.execute(statement, {**values, "new_state": after}).rowcount == 1


@lru_cache(maxsize=512)
def _guarded_update(table: Table, key: tuple[str, ...], before: frozenset[str], fields: tuple[str, ...]) -> Update:
    columns = table.c
    here = [columns[name] == bindparam(f"at_{name}") for name in key]
    guard = or_(*(columns.state == state for state in sorted(before))) if before else false()
    values: dict[str, Any] = {name: bindparam(f"new_{name}", type_=columns[name].type) for name in ("state", *fields)}
    if "revision" in columns:
        values["revision"] = columns.revision + 1
    return update(table).where(*here, guard).values(values)
