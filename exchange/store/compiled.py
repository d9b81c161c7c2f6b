"""Statements that are run again and again, compiled once and run by the driver itself.

SQLAlchemy's own way of running a statement is made for everything that may be asked of it: it looks the statement up by
its shape, and makes a context and a result. Here a statement that comes by
as the same object for the second time is kept with its SQL and the processors of its types, by SQLAlchemy's own
compiler; from then on its values are bound, and its rows read, by these alone. Everything else runs as ever, and errors
are told by SQLAlchemy as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Connection, Delete, Select, Update, exc
from sqlalchemy.engine import Dialect, Row
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql.elements import BindParameter

_Process = Callable[[Any], Any]
_Slot = tuple[str | None, int | None, _Process | None, Any]
"""One place of a statement: the name of its value, which of a list, and how it is bound; or what the statement says."""


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


@dataclass(frozen=True)
class _Plan:
    """A statement as a database is asked it, with lists of certain lengths."""

    sql: str
    slots: tuple[_Slot, ...]
    found: SimpleResultMetaData | None
    """The columns of what it finds; None where it finds nothing."""
    read: Sequence[Any] | None

    def bound(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values for the statement's places."""
        return tuple([_bound(slot, values) for slot in self.slots])


def _bound(slot: _Slot, values: Mapping[str, Any]) -> Any:
    name, at, bind, said = slot
    if name is None:
        return said
    value = values[name] if at is None else values[name][at]
    return value if bind is None else bind(value)


class CompiledConnection:
    """A connection in a transaction; statements that come again are run by its driver, all else as ever."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._plans = _plans_for(connection.dialect)
        self._driver: Any = connection.connection.driver_connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: Any, parameters: Any = None) -> Any:
        """Run a statement, as `Connection.execute` does."""
        found = self._plans.of(statement, parameters)
        if found is None:
            return self._connection.execute(statement, parameters)
        rows, count = self._run(*found)
        columns, read = found[0].found, found[0].read
        if columns is None:
            return Rows([], count)
        index = columns._key_to_index
        return Rows([Row(columns, read, index, row) for row in rows], count)

    def scalar(self, statement: Any, parameters: Any = None) -> Any:
        """Return the first column of the first row, or None."""
        found = self._plans.of(statement, parameters)
        if found is None:
            return self._connection.scalar(statement, parameters)
        rows, _ = self._run(*found)
        return _first(found[0], rows[0]) if rows else None

    def scalars(self, statement: Any, parameters: Any = None) -> Any:
        """Return the first column of every row."""
        found = self._plans.of(statement, parameters)
        if found is None:
            return self._connection.scalars(statement, parameters)
        rows, count = self._run(*found)
        return Rows([_first(found[0], row) for row in rows], count)

    def _run(self, plan: _Plan, values: Mapping[str, Any]) -> tuple[list[Any], int]:
        bound = plan.bound(values)
        cursor = self._driver.cursor()
        try:
            cursor.execute(plan.sql, bound)
            return cursor.fetchall() if plan.found is not None else [], cursor.rowcount
        except BaseException as error:
            complained = isinstance(error, self._connection.dialect.loaded_dbapi.Error)  # else it goes on as it is
            self._connection._handle_dbapi_exception(error, plan.sql if complained else None, None, cursor, None)
        finally:
            cursor.close()


def _first(plan: _Plan, row: Any) -> Any:
    read = plan.read[0] if plan.read else None
    return row[0] if read is None else read(row[0])


def _power(values: list[Any]) -> list[Any]:
    """A list brought to a power of two by its last value, which means the same to `IN`: so there are few lengths."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values)) if values else values


@dataclass(frozen=True)
class _Kept:
    """A statement that came again, compiled; it is asked in another way for each length of its lists."""

    compiled: Any
    names: frozenset[str]
    """Of the values that it wants."""
    lists: tuple[str, ...]
    """Those of them that are lists for `IN`."""
    plans: dict[tuple[int, ...], _Plan] = field(default_factory=dict)


class _Plans:
    """The statements of a kind of database, as they came by."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        style = "qmark" if dialect.name == "sqlite" else "format"
        self._compiling = type(dialect)(paramstyle=style)  # type: ignore[call-arg]
        self._once: WeakSet[Any] = WeakSet()
        self._again: WeakKeyDictionary[Any, _Kept | None] = WeakKeyDictionary()
        """None for one that runs as ever all the same."""

    def of(self, statement: Any, parameters: Any) -> tuple[_Plan, Mapping[str, Any]] | None:
        """Return how a statement is asked, with its values; None for one that runs as ever."""
        try:
            kept = self._again[statement]
        except KeyError:
            if statement not in self._once:
                self._once.add(statement)
                return None
            kept = self._again[statement] = self._keep(statement)
        values = parameters or {}
        if kept is None or not isinstance(values, dict) or values.keys() != kept.names:
            return None
        if kept.lists:
            values = {**values, **{name: _power(list(values[name])) for name in kept.lists}}
        lengths = tuple([len(values[name]) for name in kept.lists])
        plan = kept.plans.get(lengths)
        if plan is None:
            plan = kept.plans[lengths] = self._plan(kept.compiled, values)
        return plan, values

    def _keep(self, statement: Any) -> _Kept | None:
        """The statement compiled; None for one that has more to it than SQL and values."""
        if not isinstance(statement, (Select, Update, Delete)) or statement.get_execution_options():
            return None
        compiled: Any = statement.compile(dialect=self._compiling)
        binds: Collection[BindParameter[Any]] = compiled.binds.values()
        if compiled.literal_execute_params or any(one.callable for one in binds):
            return None
        wanted = [one for one in binds if one.required]
        lists = dict.fromkeys(one.key for one in wanted if one.expanding)
        return _Kept(compiled, frozenset(one.key for one in wanted), tuple(lists))

    def _plan(self, compiled: Any, values: Mapping[str, Any]) -> _Plan:
        binds: Mapping[str, BindParameter[Any]] = compiled.binds
        said = {name: one.value for name, one in binds.items() if not one.required}
        state = compiled._process_parameters_for_postcompile({**said, **values})
        places = {
            expanded: (name, at)
            for name, names in (state.parameter_expansion or {}).items()
            for at, expanded in enumerate(names)
        }
        slots = tuple([self._slot(binds, *places.get(name, (name, None))) for name in state.positiontup])
        return _Plan(state.statement, slots, *self._columns(compiled._result_columns))

    def _slot(self, binds: Mapping[str, BindParameter[Any]], name: str, at: int | None) -> _Slot:
        parameter = binds[name]
        bind = parameter.type.dialect_impl(self._dialect).bind_processor(self._dialect)
        if parameter.required:
            return name, at, bind, None
        value = parameter.value if at is None else _listed(parameter.value)[at]
        return None, None, None, value if bind is None else bind(value)

    def _columns(self, columns: Any) -> tuple[SimpleResultMetaData | None, Sequence[Any] | None]:
        if not columns:
            return None, None
        kinds = [one.type.dialect_impl(self._dialect) for one in columns]
        read = [kind.result_processor(self._dialect, None) for kind in kinds]
        found = SimpleResultMetaData([one.keyname for one in columns], extra=[one.objects for one in columns])
        return found, read if any(read) else None


def _listed(value: Any) -> list[Any]:
    return list(value)


_known: dict[str, _Plans] = {}


def _plans_for(dialect: Dialect) -> _Plans:
    """The statements of this process for a kind of database, which all its members share."""
    found = _known.get(dialect.name)
    if found is None:
        found = _known[dialect.name] = _Plans(dialect)
    return found
