"""Collections as a member has them; at a relay office with own authorities' answers and what lower levels have added
up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import Connection, bindparam, or_, select, update

from exchange.notices.forms.records import AggregateRow, AnswerRow, CollectionRow
from exchange.notices.tables import collection, collection_answer, collection_branch
from exchange.store.bulk import adding
from exchange.store.statements import values_of

_c, _a, _b = collection.c, collection_answer.c, collection_branch.c
_ROWS = select(*(_c[field.name] for field in fields(CollectionRow)))
_ANSWERS = select(*(_a[field.name] for field in fields(AnswerRow)))
_BRANCHES = select(*(_b[field.name] for field in fields(AggregateRow)))
_ONE = _ROWS.where(_c.notice_id == bindparam("id"))
_CHANGED = _ROWS.where(_c.changed).order_by(_c.notice_id).limit(bindparam("most"))
_ADD = adding(collection, *(field.name for field in fields(CollectionRow)))
_ADD_ANSWERS = adding(collection_answer, *(field.name for field in fields(AnswerRow)))
_ADD_BRANCHES = adding(collection_branch, *(field.name for field in fields(AggregateRow)))


class Collections:
    """What notices ask for, and what has been answered."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def open(self, row: CollectionRow, branches: Sequence[str] = ()) -> None:
        """Open the collection of a notice that has come with a form.

        ``branches`` are the domains whose aggregates are taken.
        """
        _ADD.run(self._db, [values_of(row)])
        _ADD_BRANCHES.run(self._db, [values_of(AggregateRow(row.notice_id, domain)) for domain in branches])

    def get(self, notice_id: str) -> CollectionRow | None:
        """Return the collection of a notice; None where the notice carries no form, or is not on record."""
        row = self._db.execute(_ONE, {"id": notice_id}).first()
        return CollectionRow(*row) if row else None

    def changed(self, limit: int) -> list[CollectionRow]:
        """Return the collections of which there is more to tell than the last aggregate did."""
        return [CollectionRow(*row) for row in self._db.execute(_CHANGED, {"most": limit})]

    def touch(self, notice_id: str) -> None:
        """Record that there is something new to tell."""
        self._db.execute(update(collection).where(_c.notice_id == notice_id).values(changed=True))

    def told(self, notice_id: str, serial: int) -> None:
        """Record that an aggregate with this number was sent."""
        self._db.execute(update(collection).where(_c.notice_id == notice_id).values(serial=serial, changed=False))

    def await_answer(self, notice_id: str, by: str) -> None:
        """Record until the end of which day this member is to answer: it has signed for the notice."""
        self._db.execute(update(collection).where(_c.notice_id == notice_id).values(answer_by=by))

    def await_none(self, notice_id: str) -> None:
        """Record that nothing is to be answered here any more: it was, or the notice was taken back."""
        here = (_c.notice_id == notice_id) & _c.answer_by.is_not(None)
        self._db.execute(update(collection).where(here).values(answer_by=None))

    def answers(self, notice_id: str) -> list[AnswerRow]:
        """Return the answers, ordered by authority."""
        query = _ANSWERS.where(_a.notice_id == notice_id).order_by(_a.body)
        return [AnswerRow(*row) for row in self._db.execute(query)]

    def take_answer(self, row: AnswerRow) -> bool:
        """Take in an answer; returns False if that authority's on record was signed later, or is the same."""
        here = (_a.notice_id == row.notice_id) & (_a.body == row.body)
        older = or_(_a.at < row.at, (_a.at == row.at) & (_a.proof < row.proof))
        if self._db.execute(update(collection_answer).where(here & older).values(values_of(row))).rowcount:
            return True
        if self._db.execute(select(_a.body).where(here)).first() is not None:
            return False
        _ADD_ANSWERS.run(self._db, [values_of(row)])
        return True

    def branches(self, notice_id: str) -> list[AggregateRow]:
        """Return the aggregates, ordered by domain."""
        query = _BRANCHES.where(_b.notice_id == notice_id).order_by(_b.domain)
        return [AggregateRow(*row) for row in self._db.execute(query)]

    def take_aggregate(self, row: AggregateRow) -> bool:
        """Take in an aggregate; returns False if one as new is on record, or the domain is none of this notice's."""
        older = (_b.notice_id == row.notice_id) & (_b.domain == row.domain) & (_b.serial < row.serial)
        return self._db.execute(update(collection_branch).where(older).values(values_of(row))).rowcount == 1
