"""Statements compiled once and run by the driver itself.

SQLAlchemy's own way of running a statement is made for everything that may be asked of it: it looks the statement up by
its shape, and makes a context and a result. Here a statement is kept with its SQL and the processors of its types
(`exchange.store.plans`); from then on its values are bound, and its rows read, by these alone. Everything else runs as
ever, and errors are told by SQLAlchemy as ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from sqlalchemy import Connection, exc
from sqlalchemy.engine import Row

from exchange.store.plans import Plan, plans_for


class Rows:
    """What a statement found, read whole; the part of `sqlalchemy.Result` that stores use."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> list[Any]:
        """Return all rows."""
        return self._rows

    fetchall = all

    def first(self) -> Any:
        """Return the first row, or None."""
        return self._rows[0] if self._rows else None

    fetchone = first

    def one(self) -> Any:
        """Return the only row. Raises NoResultFound or MultipleResultsFound."""
        if len(self._rows) != 1:
            raise exc.MultipleResultsFound if self._rows else exc.NoResultFound
        return self._rows[0]

    def scalar_one(self) -> Any:
        """Return the only row's first column. Raises NoResultFound or MultipleResultsFound."""
        return self.one()[0]


class CompiledConnection:
    """A connection, begun and ended here; statements that come again are run by its driver, all else as ever."""

    def __init__(self, lasting: Connection) -> None:
        """``lasting`` is as `exchange.store.engine.lasting` opens it."""
        self._lasting = lasting
        self.dialect = lasting.dialect
        self._plans = plans_for(lasting.dialect)
        self._driver: Any = lasting.connection.driver_connection
        self._at_once: dict[str, Any] = {} if lasting.dialect.name == "sqlite" else {"prepare": False}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    @property
    def _connection(self) -> Connection:
        """SQLAlchemy's, for what runs as ever; it learns of the transaction when it first has a part in it."""
        if not self._lasting.in_transaction():
            self._lasting.begin()
        return self._lasting

    def begin(self, words: str) -> None:
        """Begin a transaction by the driver's own words."""
        cursor = self._driver.cursor()
        try:
            cursor.execute(words, **self._at_once)
        except BaseException as error:
            self._complain(error, words, cursor)
        finally:
            cursor.close()

    def commit(self) -> None:
        """Commit what was begun."""
        if self._lasting.in_transaction():
            self._lasting.commit()
            return
        try:
            self._driver.commit()
        except BaseException as error:
            self._complain(error, None, None)

    def roll_back(self) -> None:
        """Take back what was begun."""
        self._connection.rollback()

    def close(self) -> None:
        """Give the connection back to where it came from, which takes back what is left."""
        self._lasting.close()

    def execute(self, statement: Any, parameters: Any = None) -> Any:
        """Run a statement, as `Connection.execute` does."""
        found = self._plans.of(statement, parameters)
        if found is None:
            return self._connection.execute(statement, parameters)
        plan = found[0]
        rows, count = self._run(*found)
        columns = plan.found
        if columns is None:
            return Rows([], count)
        index = columns._key_to_index
        if plan.read:
            rows = [plan.row(row) for row in rows]
        return Rows([Row(columns, None, index, row) for row in rows], count)

    def scalar(self, statement: Any, parameters: Any = None) -> Any:
        """Return the first column of the first row, or None."""
        found = self._plans.of(statement, parameters)
        if found is None:
            return self._connection.scalar(statement, parameters)
        rows, _ = self._run(*found)
        return found[0].row(rows[0])[0] if rows else None

    def scalars(self, statement: Any, parameters: Any = None) -> Any:
        """Return the first column of every row."""
        found = self._plans.of(statement, parameters)
        if found is None:
            return self._connection.scalars(statement, parameters)
        rows, count = self._run(*found)
        return Rows([found[0].row(row)[0] for row in rows], count)

    def many(self, sql: str, values: list[tuple[Any, ...]]) -> None:
        """Run an INSERT, UPDATE or DELETE in the driver's own words for each of ``values``."""
        cursor = self._driver.cursor()
        try:
            if len(values) == 1:
                cursor.execute(sql, values[0])
            else:
                cursor.executemany(sql, values)
        except BaseException as error:
            self._complain(error, sql, cursor)
        finally:
            cursor.close()

    def _run(self, plan: Plan, values: Mapping[str, Any]) -> tuple[list[Any], int]:
        bound = plan.bound(values)
        cursor = self._driver.cursor()
        try:
            cursor.execute(plan.sql, bound)
            return cursor.fetchall() if plan.found is not None else [], cursor.rowcount
        except BaseException as error:
            self._complain(error, plan.sql, cursor)
        finally:
            cursor.close()

    def _complain(self, error: BaseException, sql: str | None, cursor: Any) -> NoReturn:
        """The driver's complaint as SQLAlchemy tells it; what is none of the driver's goes on as it is."""
        complained = isinstance(error, self.dialect.loaded_dbapi.Error)
        self._connection._handle_dbapi_exception(error, sql if complained else None, None, cursor, None)
