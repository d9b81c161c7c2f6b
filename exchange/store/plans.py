"""How statements are asked of a driver: by SQL and processors of types that SQLAlchemy's compiler makes once.

A statement that comes by as the same object again is known by that; one that was put together for the occasion by its
shape, which SQLAlchemy tells together with the values in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Delete, Insert, Select, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql.elements import BindParameter

_KINDS = (Select, Update, Delete, Insert)
_Process = Callable[[Any], Any]
_Slot = tuple[str | None, int | None, _Process | None, Any]
"""One place of a statement: the name of its value, which of a list, and how it is bound; or what the statement says."""


@dataclass(frozen=True)
class Plan:
    """A statement as a database is asked it, with lists of certain lengths."""

    sql: str
    slots: tuple[_Slot, ...]
    found: SimpleResultMetaData | None
    """The columns of what it finds; None where it finds nothing."""
    read: Sequence[tuple[int, _Process]]
    """The columns whose values are read as something else, and as what; where there is nothing, that is read."""

    def row(self, found: Sequence[Any]) -> Sequence[Any]:
        """The values of a row as they are read."""
        values = list(found)
        for at, read in self.read:
            if values[at] is not None:
                values[at] = read(values[at])
        return values

    def bound(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values for the statement's places."""
        found = []
        for name, at, bind, said in self.slots:
            value = said if name is None else values[name] if at is None else values[name][at]
            found.append(value if bind is None else bind(value))
        return tuple(found)


def _power(values: list[Any]) -> list[Any]:
    """A list brought to a power of two by its last value, which means the same to `IN`: so there are few lengths."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values)) if values else values


@dataclass(frozen=True)
class _Kept:
    """A statement that came again, compiled; it is asked in another way for each length of its lists."""

    compiled: Any
    names: frozenset[str]
    """Of the values that are handed over with it."""
    inside: tuple[tuple[str, int], ...]
    """The values that it has in itself where it is known by its shape: their names and places there."""
    lists: tuple[str, ...]
    """Those values that are lists for `IN`."""
    plans: dict[tuple[int, ...], Plan] = field(default_factory=dict)


_SHAPES = 2_000
"""Shapes of statements that are kept; code that makes more of them than this makes them without end."""


class Plans:
    """The statements of a kind of database, as they came by."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        style = "qmark" if dialect.name == "sqlite" else "format"
        self._compiling = type(dialect)(paramstyle=style)  # type: ignore[call-arg]
        self._once: WeakSet[Any] = WeakSet()
        self._again: WeakKeyDictionary[Any, _Kept | None] = WeakKeyDictionary()
        """None for one that runs as ever all the same."""
        self._shapes: dict[Any, _Kept | None] = {}

    def of(self, statement: Any, parameters: Any) -> tuple[Plan, Mapping[str, Any]] | None:
        """Return how a statement is asked, with its values; None for one that runs as ever."""
        inside: Sequence[Any] = ()
        try:
            kept = self._again[statement]
        except KeyError:
            if statement in self._once:
                kept = self._again[statement] = self._known(statement)
            else:
                self._once.add(statement)
                kept, inside = self._by_shape(statement)
        values = parameters or {}
        if kept is None or not isinstance(values, dict) or values.keys() != kept.names:
            return None
        if kept.inside:
            values = {**values, **{name: inside[at].effective_value for name, at in kept.inside}}
        if kept.lists:
            values = {**values, **{name: _power(list(values[name])) for name in kept.lists}}
        lengths = tuple([len(values[name]) for name in kept.lists]) if kept.lists else ()
        plan = kept.plans.get(lengths)
        if plan is None:
            plan = kept.plans[lengths] = self._plan(kept, values)
        return plan, values

    def without_lists(self, statement: Any) -> Plan:
        """Return how a statement is asked of which all values are handed over or in it, and none is a list.

        Raises ValueError for one that has more to it.
        """
        kept = self._keep(statement, None)
        if kept is None or kept.lists:
            raise ValueError("not a statement of SQL and single values alone")
        return self._plan(kept, dict.fromkeys(kept.names))

    def _by_shape(self, statement: Any) -> tuple[_Kept | None, Sequence[Any]]:
        """What is kept of the statements of this one's shape, and the values in it, in the order of the shape."""
        shape = statement._generate_cache_key() if isinstance(statement, _KINDS) else None
        if shape is None:
            return None, ()
        try:
            return self._shapes[shape.key], shape.bindparams
        except KeyError:
            if len(self._shapes) >= _SHAPES:
                self._shapes.clear()
            kept = self._shapes[shape.key] = self._keep(statement, shape.bindparams)
            return kept, shape.bindparams

    def _known(self, statement: Any) -> _Kept | None:
        """What is kept of a statement that came again; it was compiled already where it was the first of its shape."""
        first, _ = self._by_shape(statement)
        compiled = first.compiled if first is not None and first.compiled.statement is statement else None
        return self._keep(statement, None, compiled)

    def _keep(self, statement: Any, inside: Sequence[BindParameter[Any]] | None, compiled: Any = None) -> _Kept | None:
        """The statement compiled; None for one that has more to it than SQL and values."""
        if not isinstance(statement, _KINDS) or statement.get_execution_options():
            return None
        compiled = compiled or statement.compile(dialect=self._compiling)
        binds: Mapping[str, BindParameter[Any]] = compiled.binds
        if compiled.literal_execute_params or any(one.callable or _is_pair(one) for one in binds.values()):
            return None
        if isinstance(statement, Insert) and compiled.insert_prefetch:
            return None
        places = {one.key: at for at, one in enumerate(inside or ())}
        if places.keys() - {one.key for one in binds.values()}:
            return None  # a value that is not found again would be the first one's for all; others are the compiler's
        found = [(name, places[one.key]) for name, one in binds.items() if not one.required and one.key in places]
        names = frozenset(name for name, one in binds.items() if one.required)
        given = names.union(name for name, _ in found)
        lists = tuple([name for name in given if binds[name].expanding])
        return _Kept(compiled, names, tuple(found), lists)

    def _plan(self, kept: _Kept, values: Mapping[str, Any]) -> Plan:
        compiled = kept.compiled
        binds: Mapping[str, BindParameter[Any]] = compiled.binds
        said = {name: one.value for name, one in binds.items() if name not in values}
        state = compiled._process_parameters_for_postcompile({**said, **values})
        places = {
            expanded: (name, at)
            for name, names in (state.parameter_expansion or {}).items()
            for at, expanded in enumerate(names)
        }
        slots = tuple([self._slot(binds, values, *places.get(name, (name, None))) for name in state.positiontup])
        return Plan(state.statement, slots, *self._columns(compiled._result_columns))

    def _slot(
        self, binds: Mapping[str, BindParameter[Any]], given: Collection[str], name: str, at: int | None
    ) -> _Slot:
        parameter = binds[name]
        bind = parameter.type.dialect_impl(self._dialect).bind_processor(self._dialect)
        if name in given:
            return name, at, bind, None
        value = parameter.value if at is None else _listed(parameter.value)[at]
        return None, None, None, value if bind is None else bind(value)

    def _columns(self, columns: Any) -> tuple[SimpleResultMetaData | None, Sequence[tuple[int, _Process]]]:
        if not columns:
            return None, ()
        kinds = [one.type.dialect_impl(self._dialect) for one in columns]
        read = [kind.result_processor(self._dialect, None) for kind in kinds]
        found = SimpleResultMetaData([one.keyname for one in columns], extra=[one.objects for one in columns])
        return found, [(at, process) for at, process in enumerate(read) if process is not None]


def _is_pair(parameter: BindParameter[Any]) -> bool:
    """Whether the values of a list for `IN` are several each."""
    return bool(parameter.expanding and parameter.type._is_tuple_type)


def _listed(value: Any) -> list[Any]:
    return list(value)


_known: dict[str, Plans] = {}


def plans_for(dialect: Dialect) -> Plans:
    """The statements of this process for a kind of database, which all its members share."""
    found = _known.get(dialect.name)
    if found is None:
        found = _known[dialect.name] = Plans(dialect)
    return found
