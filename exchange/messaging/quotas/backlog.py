"""What waits in the outbox to go out for the first time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from exchange.messaging.outbox_statements import AT_ONCE
from exchange.messaging.tables import WAITING_COPIES, outbox_copy

_c = outbox_copy.c
_MOST = 10_000
"""Copies that are counted; more are as many."""
_FIRST_TIME = (WAITING_COPIES, _c.next_at == AT_ONCE)
_COUNT = select(func.count()).select_from(select(_c.id).where(*_FIRST_TIME).limit(_MOST).subquery())
_ENDS = tuple(
    select(_c.written_at).where(*_FIRST_TIME).order_by(rank, _c.id).limit(1) for rank in (_c.rank, _c.rank.desc())
)
"""The first of the urgent ones, and of the others: each lies at an end of the index."""


class Backlog:
    """Copies that were never offered to the broker. What a hold keeps, or was refused before, is not among them."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def count(self) -> int:
        """Count them, up to ten thousand."""
        return int(self._db.scalar(_COUNT) or 0)

    def oldest(self) -> datetime | None:
        """Return when the one was written that has waited longest; None where none waits."""
        found = [self._db.scalar(end) for end in _ENDS]
        return min((at for at in found if at is not None), default=None)
