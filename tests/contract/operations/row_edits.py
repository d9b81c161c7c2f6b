"""What somebody with a database's password does to its rows, and what is found of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from exchange.messaging.attested.contradiction import RowContradiction
from exchange.messaging.attested.walking import RowWalk
from exchange.operations.reconciliation.row_rules import ROW_RULES
from exchange.store.transaction import Transaction
from tests.journeys.city import City

AN_HOUR = 3_600_000_000
A_DAY = 24 * AN_HOUR
_VALUES: Mapping[str, Any] = {"bytes": b"\xd2other", "digest": "0" * 64, "no": False, "yes": True}


@dataclass(frozen=True)
class Edit:
    """One statement at one member, and the columns that must be named for it, each with its table."""

    member: str
    statement: str
    named: frozenset[tuple[str, str]]


def edit(member: str, statement: str, *named: str) -> Edit:
    """An edit; ``named``: ``table.column`` of all that is to be found, and of nothing else."""
    return Edit(member, statement, frozenset(tuple(one.split(".")) for one in named))  # type: ignore[misc]


class OneState:
    """A store that shows what a transaction has written, which is then rolled back."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        self._tx._had.clear()
        yield self._tx


def found(city: City, store: Any, name: str) -> list[RowContradiction]:
    """All that is found at a member."""
    node = city.node(name)
    return list(RowWalk(store, node.address, node.directory, node.calendar).all(ROW_RULES))


@contextmanager
def edited(store: Any, statement: str) -> Iterator[OneState]:
    """The state after an edit, which is undone at the end."""
    bound = {key: value for key, value in _VALUES.items() if f":{key}" in statement.replace("\\:", "")}
    with suppress(_RolledBack), store.transaction() as tx:
        assert tx._db.execute(text(statement), bound).rowcount, "the statement has edited nothing"
        yield OneState(tx)
        raise _RolledBack


class _RolledBack(Exception):
    pass


def check_edit(city: City, one: Edit) -> None:
    """An edited row is named, with the columns that say otherwise, and nothing else is."""
    with edited(city.node(one.member).store, one.statement) as state:
        named = found(city, state, one.member)
    assert {(each.table, each.column) for each in named} == one.named, named
    assert all(each.member == city.address(one.member) for each in named)
