"""What a member's database tells those who look after it: open work, bounded, whatever is kept beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, literal_column, select

from exchange.approval.department.tables import desk
from exchange.approval.monitor.tables import watch
from exchange.approval.rules.states import DeskState, WatchState
from exchange.messaging.tables import FAILED_COPIES, OPEN_LETTERS, SENT_COPIES, WAITING_COPIES, dead_letter, outbox_copy

COUNTED = 10_000
"""Where counting ends: a larger number is shown as at least this one, so that a look costs the same at any size."""

_c = outbox_copy.c
_QUEUE: BindParameter[str] = bindparam("queue", type_=_c.queue.type)
_FIRST_QUEUE = select(func.min(_c.queue)).where(SENT_COPIES)
_NEXT_QUEUE = select(func.min(_c.queue)).where(SENT_COPIES, _c.queue > _QUEUE)
_OLDEST = select(func.min(_c.sent_at)).where(SENT_COPIES, _c.queue == _QUEUE)


def _counted(query: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(query.limit(COUNTED).subquery())


_ONE: Select[Any] = select(literal_column("1"))
_WORK = {
    "waiting": _counted(_ONE.select_from(outbox_copy).where(WAITING_COPIES)),
    "abandoned": _counted(_ONE.select_from(outbox_copy).where(FAILED_COPIES)),
    "dead": _counted(_ONE.select_from(dead_letter).where(OPEN_LETTERS)),
    "on_desk": _counted(_ONE.select_from(desk).where(desk.c.state == DeskState.WAITING)),
    "watched": _counted(_ONE.select_from(watch).where(watch.c.state == literal_column(f"'{WatchState.RUNNING}'"))),
}


@dataclass(frozen=True, slots=True)
class OpenWork:
    """How much a member has before it; no figure goes beyond `COUNTED`."""

    waiting: int
    """Copies that are to go out, or have and are not signed for."""
    abandoned: int
    dead: int
    on_desk: int
    """Consultations that its department has not answered."""
    watched: int
    """Deadlines that run."""


class HealthFigures:
    """Reads them within a transaction; each is found through an index over what is open."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def open_work(self) -> OpenWork:
        """Return all counts of open work."""
        return OpenWork(**{name: self._db.scalar(query) or 0 for name, query in _WORK.items()})

    def oldest_sent(self) -> dict[str, datetime]:
        """Return, by queue, when the oldest of our copies was sent that nobody has signed for yet.

        One step of an index a queue: the broker tells no such age of quorum queues.
        """
        found: dict[str, datetime] = {}
        name = self._db.scalar(_FIRST_QUEUE)
        while name is not None:
            at = self._db.scalar(_OLDEST, {"queue": name})
            if at is not None:
                found[name] = at
            name = self._db.scalar(_NEXT_QUEUE, {"queue": name})
        return found
