"""Pieces of a member's periodic work that fail: since when, how often, and when each is tried again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from exchange.messaging.failing.tables import failing_work

_c = failing_work.c
_TRIES = select(_c.item, _c.next_at).where(_c.work == bindparam("work"))
_LONGEST_ITEM = 200
_LONGEST_ERROR = 80


@dataclass(frozen=True, slots=True)
class FailingItem:
    """One piece of work that has failed whenever it was tried; ``error`` is the kind of failure, never content."""

    work: str
    item: str
    error: str
    since: datetime
    attempts: int
    next_at: datetime


REST = timedelta(hours=1)
"""How long what fails rests at most before it is tried again."""


def patience(attempts: int, most: timedelta = REST) -> timedelta:
    """Return how long a piece of work rests after so many failures: ten seconds, and each time twice as long."""
    return min(most, timedelta(seconds=10) * float(2 ** min(attempts - 1, 12)))


class FailingWork:
    """What fails of a member's periodic work. Empty while all is well."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def next_tries(self, work: str) -> Mapping[str, datetime]:
        """Return the items of a work that fail, with the moment at which each is tried again."""
        return {row.item: row.next_at for row in self._db.execute(_TRIES, {"work": work})}

    def failed(self, work: str, item: str, error: str, now: datetime, rest: timedelta = REST) -> None:
        """Record that an item has failed, for the first time or again; it rests up to ``rest``."""
        item, error = item[:_LONGEST_ITEM], error[:_LONGEST_ERROR]
        here = (_c.work == work, _c.item == item)
        before = self._db.scalar(select(_c.attempts).where(*here))
        attempts = (before or 0) + 1
        values = {"error": error, "attempts": attempts, "next_at": now + patience(attempts, rest)}
        if before is None:
            self._db.execute(insert(failing_work).values(work=work, item=item, since=now, **values))
        else:
            self._db.execute(update(failing_work).where(*here).values(**values))

    def over(self, work: str, items: Collection[str]) -> None:
        """Forget items that fail no more, or that there is nothing to do about any more."""
        if items:
            self._db.execute(delete(failing_work).where(_c.work == work, _c.item.in_(sorted(items))))

    def standing(self, limit: int = 100) -> list[FailingItem]:
        """Return what fails, the longest first."""
        query = select(failing_work).order_by(_c.since, _c.work, _c.item).limit(limit)
        return [FailingItem(**row._mapping) for row in self._db.execute(query)]

    def count(self) -> int:
        """Return how many pieces of work fail."""
        return int(self._db.scalar(select(func.count()).select_from(failing_work)) or 0)
