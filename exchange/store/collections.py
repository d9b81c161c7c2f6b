"""Collections as a member has them; at a relay office with own bodies' answers and what lower levels have added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import Connection, bindparam, or_, select, update

from exchange.flow.ports import AggregateRow, AnswerRow, CollectionRow
from exchange.store.many import adding
from exchange.store.statements import values_of
from exchange.store.tables import collection, collection_answer, collection_branch

_c, _a, _b = collection.c, collection_answer.c, collection_branch.c
_ROWS = select(*(_c[field.name] for field in fields(CollectionRow)))
_ANSWERS = select(*(_a[field.name] for field in fields(AnswerRow)))
_BRANCHES = select(*(_b[field.name] for field in fields(AggregateRow)))
_ONE = _ROWS.where(_c.notice_id == bindparam("id"))
_CHANGED = _ROWS.where(_c.changed).order_by(_c.notice_id).limit(bindparam("most"))
_ADD = adding(collection, *(field.name for field in fields(CollectionRow)))
_ADD_ANSWERS = adding(collection_answer, *(field.name for field in fields(AnswerRow)))
_ADD_BRANCHES = adding(collection_branch, *(field.name for field in fields(AggregateRow)))


class SqlCollections:
    """Implements `exchange.flow.ports.Collections`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def open(self, row: CollectionRow, branches: Sequence[str] = ()) -> None:
        _ADD.run(self._db, [values_of(row)])
        _ADD_BRANCHES.run(self._db, [values_of(AggregateRow(row.notice_id, domain)) for domain in branches])

    def get(self, notice_id: str) -> CollectionRow | None:
        row = self._db.execute(_ONE, {"id": notice_id}).first()
        return CollectionRow(*row) if row else None

    def changed(self, limit: int) -> list[CollectionRow]:
        return [CollectionRow(*row) for row in self._db.execute(_CHANGED, {"most": limit})]

    def touch(self, notice_id: str) -> None:
        self._db.execute(update(collection).where(_c.notice_id == notice_id).values(changed=True))

    def told(self, notice_id: str, serial: int) -> None:
        self._db.execute(update(collection).where(_c.notice_id == notice_id).values(serial=serial, changed=False))

    def answers(self, notice_id: str) -> list[AnswerRow]:
        query = _ANSWERS.where(_a.notice_id == notice_id).order_by(_a.body)
        return [AnswerRow(*row) for row in self._db.execute(query)]

    def take_answer(self, row: AnswerRow) -> bool:
        here = (_a.notice_id == row.notice_id) & (_a.body == row.body)
        older = or_(_a.at < row.at, (_a.at == row.at) & (_a.proof < row.proof))
        if self._db.execute(update(collection_answer).where(here & older).values(values_of(row))).rowcount:
            return True
        if self._db.execute(select(_a.body).where(here)).first() is not None:
            return False
        _ADD_ANSWERS.run(self._db, [values_of(row)])
        return True

    def branches(self, notice_id: str) -> list[AggregateRow]:
        query = _BRANCHES.where(_b.notice_id == notice_id).order_by(_b.domain)
        return [AggregateRow(*row) for row in self._db.execute(query)]

    def take_aggregate(self, row: AggregateRow) -> bool:
        older = (_b.notice_id == row.notice_id) & (_b.domain == row.domain) & (_b.serial < row.serial)
        return self._db.execute(update(collection_branch).where(older).values(values_of(row))).rowcount == 1
