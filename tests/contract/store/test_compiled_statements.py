"""Statements are run by the driver: with the same results, the same errors, and less in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, Select, bindparam, delete, event, func, insert, literal, or_, select, tuple_, update
from sqlalchemy.exc import MultipleResultsFound, NoResultFound

from exchange.errors import Conflict
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.messaging.tables import outbox_copy
from exchange.store import Store, plans
from exchange.store.tables import journal, meta
from tests.contract.rows import NOW, new_id, outgoing

pytestmark = pytest.mark.usefixtures("store")
_c = outbox_copy.c
_STATES = select(_c.message_id, _c.state, _c.written_at, _c.needs_receipt, _c.recipient).order_by(_c.message_id)
_SOME = _STATES.where(_c.message_id.in_(bindparam("ids", expanding=True)))
_NOT = _STATES.where(_c.message_id.not_in(bindparam("ids", expanding=True)))
_FIXED = _STATES.where(_c.state.in_([OutboxState.WRITTEN, OutboxState.SENT]), _c.attempts == 0)
_COUNT = select(func.count()).select_from(outbox_copy).where(_c.written_at >= bindparam("at", type_=_c.written_at.type))
_TOUCH = update(outbox_copy).where(_c.message_id == bindparam("which")).values(written_at=bindparam("to"))
_RENAME = update(meta).where(meta.c.key == bindparam("was")).values(key=bindparam("to"))
_KEYS = select(meta.c.key).order_by(meta.c.key)


@pytest.fixture
def ids(store: Store) -> list[str]:
    """Messages on record, in order."""
    messages = [outgoing() for _ in range(5)]
    with store.transaction() as tx:
        tx[Outbox].add(messages, NOW)
    return sorted(message.header.message_id for message in messages)


@contextmanager
def heard(store: Store) -> Iterator[list[str]]:
    """What SQLAlchemy itself runs."""
    said: list[str] = []

    def note(connection: object, cursor: object, statement: str, *others: object) -> None:
        said.append(statement)

    event.listen(store._engine, "before_cursor_execute", note)
    yield said
    event.remove(store._engine, "before_cursor_execute", note)


def rename_in_vain(store: Store) -> None:
    with store.transaction() as tx:
        tx.set_meta("c", "x")
        tx._db.execute(_RENAME, {"was": "a", "to": "b"})


@pytest.mark.parametrize("number", [0, 1, 2, 3, 5])
def test_lists_of_every_length_and_columns_of_every_type_read_as_ever(
    store: Store, ids: list[str], number: int
) -> None:
    wanted = {"ids": ids[:number]}
    with store._engine.connect() as plain:
        before = [tuple(row) for row in plain.execute(_SOME, wanted)]
        others = [tuple(row) for row in plain.execute(_NOT, wanted)]
    assert [row[0] for row in before] == ids[:number]
    for _ in range(3):
        with store.reading() as tx:
            rows = tx._db.execute(_SOME, wanted).all()
            assert [tuple(row) for row in rows] == before
            assert [dict(row._mapping) for row in rows] == [row._asdict() for row in rows]
            assert [(row.message_id, row.state, row.written_at) for row in rows] == [row[:3] for row in before]
            assert [tuple(row) for row in tx._db.execute(_NOT, wanted)] == others
            assert list(tx._db.scalars(_SOME, wanted)) == ids[:number]


@pytest.mark.parametrize("kind", [list, tuple, set, frozenset, dict.fromkeys])
def test_what_holds_the_values_of_a_list_and_how_many_does_not_matter(
    store: Store, ids: list[str], kind: Callable[[list[str]], Any]
) -> None:
    for number in (1, 5, 2, 3, 0, 4):
        with store.reading() as tx:
            assert list(tx._db.scalars(_SOME, {"ids": kind(ids[:number])})) == ids[:number]


def test_a_list_that_is_one_value_stays_as_it_is(store: Store) -> None:
    whole = select(bindparam("value", type_=JSON))
    for _ in range(3):
        for value in ([1, 2, 3], [], {"a": [1, 2, 3]}):
            with store.reading() as tx:
                assert tx._db.scalar(whole, {"value": value}) == value


def test_what_is_no_complaint_of_the_drivers_goes_on_as_it_is(store: Store) -> None:
    for _ in range(3):
        with store.reading() as tx, pytest.raises(UnicodeEncodeError):
            tx._db.execute(_SOME, {"ids": ["\ud800"]})


def test_a_statement_is_the_drivers_from_the_second_time_on(store: Store, ids: list[str]) -> None:
    for _ in range(3):
        with store.reading() as tx, heard(store) as said:
            assert tx._db.scalar(_COUNT, {"at": NOW}) == len(ids)
            assert tx._db.scalar(_COUNT, {"at": NOW + timedelta(seconds=1)}) == 0
            assert [row.state for row in tx._db.execute(_FIXED)] == [OutboxState.WRITTEN] * len(ids)
    assert said == []


def test_what_is_changed_is_counted_and_what_is_no_statement_for_it_runs_as_ever(store: Store, ids: list[str]) -> None:
    later = NOW + timedelta(days=1)
    for number in (1, 2, 3):
        with store.transaction() as tx:
            assert tx._db.execute(_TOUCH, {"which": ids[number], "to": later}).rowcount == 1
            assert tx._db.execute(_TOUCH, {"which": "nobody's", "to": later}).rowcount == 0
            assert tx._db.scalar(_COUNT, {"at": later}) == number
            assert tx._db.execute(update(outbox_copy), {"attempts": number}).rowcount == len(ids)
            tx._db.execute(journal.insert(), [{"at": NOW, "event": "e", "detail": "{}"}] * 2)


def test_one_and_first_are_those_of_sqlalchemy(store: Store, ids: list[str]) -> None:
    for _ in range(3):
        with store.reading() as tx:
            assert tx._db.execute(_SOME, {"ids": []}).first() is None
            assert tx._db.scalar(_SOME, {"ids": []}) is None
            assert tx._db.execute(_SOME, {"ids": ids[:1]}).one().message_id == ids[0]
            assert tx._db.execute(_SOME, {"ids": ids[:1]}).scalar_one() == ids[0]
            assert tx._db.execute(_SOME, {"ids": ids}).first()[0] == ids[0]
            with pytest.raises(MultipleResultsFound):
                tx._db.execute(_SOME, {"ids": ids}).one()
            with pytest.raises(NoResultFound):
                tx._db.execute(_SOME, {"ids": []}).one()


def test_a_drivers_error_is_told_as_ever_and_the_step_keeps_nothing(store: Store) -> None:
    with store.transaction() as tx:
        for key in ("a", "b"):
            tx.set_meta(key, "x")
    for _ in range(3):
        with pytest.raises(Conflict):
            rename_in_vain(store)
        with store.reading() as tx:
            assert {"a", "b"} <= set(tx._db.scalars(_KEYS))
            assert "c" not in set(tx._db.scalars(_KEYS))


def put_together(wanted: list[str], attempts: int, most: int) -> Select[Any]:
    """A statement that is made anew each time, with all its values in itself."""
    last = tuple_(literal(NOW, type_=_c.written_at.type), literal("", type_=_c.message_id.type))
    return (
        _STATES.where(_c.message_id.in_(wanted), _c.attempts < attempts, or_(_c.sent_at.is_(None), _c.state != "sent"))
        .where(tuple_(_c.written_at, _c.message_id) > last)
        .limit(most)
    )


def test_what_is_put_together_for_the_occasion_is_known_by_its_shape(store: Store, ids: list[str]) -> None:
    turns = [(ids, 1, 5), (ids[:2], 3, 1), ([], 2, 9), (ids[1:4], 1, 2), (ids, 0, 5), (ids[:3], 7, 3)]
    with store._engine.connect() as plain:
        expected = [[tuple(row) for row in plain.execute(put_together(*turn))] for turn in turns]
    assert [len(rows) for rows in expected] == [5, 1, 0, 2, 0, 3]
    with store.reading() as tx, heard(store) as said:
        found = [[tuple(row) for row in tx._db.execute(put_together(*turn))] for turn in turns * 2]
    assert found == expected * 2
    assert said == []


def test_values_put_into_a_statement_are_each_ones_own(store: Store, ids: list[str]) -> None:
    with heard(store) as said:
        for number, at in enumerate([NOW + timedelta(days=day) for day in range(5)]):
            with store.transaction() as tx:
                reason = None if number % 2 else f"reason {number}"
                values: dict[str, Any] = {"sent_at": at, "last_error": reason, "attempts": _c.attempts + number}
                changed = update(outbox_copy).where(_c.message_id == ids[number]).values(**values)
                assert tx._db.execute(changed).rowcount == 1
                tx._db.execute(insert(meta).values(key=f"k{number}", value=f"v{number}"))
        with store.transaction() as tx:
            assert tx._db.execute(delete(meta).where(meta.c.key.in_(["k1", "k3"]))).rowcount == 2
            assert tx._db.execute(delete(meta).where(meta.c.key.in_(["k1"]))).rowcount == 0
    assert [line for line in said if not line.startswith(("BEGIN", "SELECT pg_advisory"))] == []
    with store._engine.connect() as plain:
        rows = plain.execute(select(_c.sent_at, _c.last_error, _c.attempts).order_by(_c.message_id)).all()
        kept = plain.execute(select(meta).where(meta.c.key.like("k%")).order_by(meta.c.key)).all()
    assert [row.sent_at for row in rows] == [NOW + timedelta(days=day) for day in range(5)]
    assert [row.last_error for row in rows] == ["reason 0", None, "reason 2", None, "reason 4"]
    assert [row.attempts for row in rows] == [0, 1, 2, 3, 4]
    assert [(row.key, row.value) for row in kept] == [("k0", "v0"), ("k2", "v2"), ("k4", "v4")]


def test_a_statement_with_values_in_it_is_compiled_once_however_often_it_comes(
    store: Store, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_it, compiled = Select.compile, []

    def compiling(statement: Select[Any], **how: Any) -> Any:
        compiled.append(statement)
        return compile_it(statement, **how)

    monkeypatch.setattr(Select, "compile", compiling)
    shape_of_its_own = _c.message_id.label(f"id_{new_id().replace('-', '_')}")
    statement = select(shape_of_its_own).where(_c.state == OutboxState.WRITTEN).order_by(_c.message_id)
    for _ in range(4):
        with store.reading() as tx:
            assert list(tx._db.scalars(statement)) == ids
    assert compiled == [statement]


def test_shapes_without_end_are_not_kept_without_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "_SHAPES", 3)
    with store.reading() as tx:
        shapes = tx._db._plans._shapes  # type: ignore[attr-defined]
        shapes.clear()
        for width in range(1, 12):
            wide = select(*(literal(f"{place}").label(f"c{place}") for place in range(width)))
            assert tuple(tx._db.execute(wide).one()) == tuple(f"{place}" for place in range(width))
            assert len(shapes) <= 3
