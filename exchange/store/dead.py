"""Dead letters as operators go through them: by cause, page by page, and out of the way by two people's word."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Select, func, select, update

from exchange.flow.ports import DeadCause, DeadLetter
from exchange.store.inbox import read_letter
from exchange.store.tables import OPEN_LETTERS, dead_letter

_d = dead_letter.c
_CAUSES = (
    select(
        _d.reason_code, _d.stage, func.count().label("letters"), func.count(_d.proposed_at).label("proposed"),
        func.min(_d.first_at).label("first_at"), func.max(_d.last_at).label("last_at"),
    )
    .where(OPEN_LETTERS)
    .group_by(_d.reason_code, _d.stage)
    .order_by(func.count().desc(), _d.reason_code, _d.stage)
)  # fmt: skip


class SqlDead:
    """Implements `exchange.flow.ports.Dead`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def causes(self) -> list[DeadCause]:
        return [DeadCause(**row._mapping) for row in self._db.execute(_CAUSES)]

    def ids(self, stage: str) -> list[str]:
        query = select(_d.message_id).where(OPEN_LETTERS, _d.stage == stage, _d.message_id.is_not(None)).distinct()
        return [str(id) for id in self._db.scalars(query)]

    def count(self, reason_code: str, stage: str | None = None) -> int:
        query = select(func.count()).select_from(dead_letter).where(OPEN_LETTERS, _d.reason_code == reason_code)
        return self._db.scalar(query if stage is None else query.where(_d.stage == stage)) or 0

    def page(
        self, reason_code: str, stage: str | None = None, *, below: int | None = None, limit: int = 50
    ) -> list[DeadLetter]:
        query = _of(reason_code, stage).order_by(_d.id.desc()).limit(limit)
        return self._letters(query if below is None else query.where(_d.id < below))

    def batch(self, reason_code: str, stage: str | None, *, above: int, limit: int) -> list[DeadLetter]:
        return self._letters(_of(reason_code, stage).where(_d.id > above).order_by(_d.id).limit(limit))

    def discarded(self, *, below: int | None = None, limit: int = 50) -> list[DeadLetter]:
        query = select(dead_letter).where(_d.discarded_at.is_not(None)).order_by(_d.id.desc()).limit(limit)
        return self._letters(query if below is None else query.where(_d.id < below))

    def all(self, *, above: int, limit: int) -> list[DeadLetter]:
        return self._letters(select(dead_letter).where(_d.id > above).order_by(_d.id).limit(limit))

    def propose(self, serial: int, by: str, why: str, now: datetime) -> bool:
        found = self._db.execute(
            update(dead_letter)
            .where(_d.id == serial, OPEN_LETTERS, _d.proposed_by.is_(None))
            .values(proposed_by=by, proposed_why=why, proposed_at=now)
        )
        return found.rowcount == 1

    def withdraw(self, serial: int) -> bool:
        found = self._db.execute(
            update(dead_letter)
            .where(_d.id == serial, OPEN_LETTERS, _d.proposed_by.is_not(None))
            .values(proposed_by=None, proposed_why=None, proposed_at=None)
        )
        return found.rowcount == 1

    def discard(self, serial: int, by: str, now: datetime) -> bool:
        found = self._db.execute(
            update(dead_letter)
            .where(_d.id == serial, OPEN_LETTERS, _d.proposed_by.is_not(None))
            .values(discarded_by=by, discarded_at=now)
        )
        return found.rowcount == 1

    def tried(self, serial: int, now: datetime) -> None:
        self._db.execute(update(dead_letter).where(_d.id == serial).values(last_at=now, attempts=_d.attempts + 1))

    def _letters(self, query: Select[tuple[object, ...]]) -> list[DeadLetter]:
        return [read_letter(row) for row in self._db.execute(query)]


def _of(reason_code: str, stage: str | None) -> Select[tuple[object, ...]]:
    query = select(dead_letter).where(OPEN_LETTERS, _d.reason_code == reason_code)
    return query if stage is None else query.where(_d.stage == stage)
