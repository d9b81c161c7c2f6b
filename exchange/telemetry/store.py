"""Figures of a member's database for whoever watches it, each read through an index and bounded in cost.

Depths are counted up to `COUNTED`; what lies beyond is trouble enough, and a look at it must not be more trouble.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, and_, func, literal_column, select

from exchange.approval.monitor.tables import reminder, watch
from exchange.approval.rules.states import WatchState
from exchange.messaging.outbox import AT_REST
from exchange.messaging.tables import (
    FAILED_COPIES,
    OPEN_LETTERS,
    UNTAKEN,
    WAITING_COPIES,
    dead_letter,
    inbox,
    outbox_copy,
)
from exchange.runtime.gathered import DeadlineFact

COUNTED = 100_000
"""Rows counted at most."""

_o, _i, _d, _w, _r = outbox_copy.c, inbox.c, dead_letter.c, watch.c, reminder.c
_EPOCH_COPY = _o.next_at == literal_column("0")
_RUNNING = _w.state == literal_column(f"'{WatchState.RUNNING}'")


@dataclass(frozen=True)
class Figures:
    """How much waits in a member's database, and since when. Deadlines are a monitor's; elsewhere there are none."""

    outbox_unsent: int
    """Copies that have not been tried yet."""
    outbox_unreceipted: int
    """Copies that were sent, or tried, and lack the addressee's signed receipt."""
    outbox_at_rest: int
    """Copies that a hold keeps back."""
    outbox_abandoned: int
    outbox_oldest: datetime | None
    """When the oldest copy that still waits was written."""
    inbox_untaken: int
    """Received documents that no system of the member's own has taken."""
    inbox_oldest: datetime | None
    dead_letters: int
    dead_oldest: datetime | None
    dead_newest: datetime | None
    deadlines: Mapping[str, int] = field(default_factory=dict)
    """Running deadlines by how far they are: ``running``, ``past_50``, ``past_90``, ``overdue``; and ``deemed``,
    ``escalated``: all that ever ended so."""
    due_soon: int = 0
    """Running deadlines that end within the next day."""


class Gauges:
    """Reads `Figures`; changes nothing."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def read(self, now: datetime, *, deadlines: bool) -> Figures:
        """Read all figures; those of deadlines only where they are asked for."""
        waiting, unsent = self._count(select(_o.id).where(WAITING_COPIES)), self._unsent()
        at_rest = self._count(select(_o.id).where(WAITING_COPIES, _o.next_at == AT_REST))
        return Figures(
            outbox_unsent=unsent,
            outbox_unreceipted=max(0, waiting - unsent - at_rest),
            outbox_at_rest=at_rest,
            outbox_abandoned=self._count(select(_o.id).where(FAILED_COPIES)),
            outbox_oldest=self.oldest_copy(),
            inbox_untaken=self._count(select(_i.id).where(UNTAKEN)),
            inbox_oldest=self._db.scalar(select(_i.recorded_at).where(UNTAKEN).order_by(_i.id).limit(1)),
            dead_letters=self._count(select(_d.id).where(OPEN_LETTERS)),
            dead_oldest=self._db.scalar(select(_d.first_at).where(OPEN_LETTERS).order_by(_d.id).limit(1)),
            dead_newest=self.newest_dead(),
            deadlines=self._deadlines(now) if deadlines else {},
            due_soon=self._count(_ending(now, now + timedelta(days=1))) if deadlines else 0,
        )

    def ending(self, until: datetime, limit: int) -> list[DeadlineFact]:
        """Return running deadlines that end by ``until``, those that are over included, the earliest first."""
        ends = select(_w.case_number, _w.department, _w.due_at, _w.provisional)
        rows = self._db.execute(ends.where(_RUNNING, _w.due_at <= until).order_by(_w.due_at).limit(limit))
        return [DeadlineFact(row.case_number, row.department, row.due_at, provisional=row.provisional) for row in rows]

    def _unsent(self) -> int:
        return self._count(select(_o.id).where(WAITING_COPIES, _EPOCH_COPY))

    def _count(self, rows: Select[tuple[object]]) -> int:
        return self._db.scalar(select(func.count()).select_from(rows.limit(COUNTED).subquery())) or 0

    def newest_dead(self) -> datetime | None:
        """Return when the newest dead letter came."""
        return self._db.scalar(select(_d.first_at).where(OPEN_LETTERS).order_by(_d.id.desc()).limit(1))

    def oldest_copy(self) -> datetime | None:
        """Return when the oldest waiting copy was written: in the order of writing, past what is at rest.

        There is no more of that than a hold has gathered.
        """
        oldest = select(_o.written_at).where(WAITING_COPIES, _o.next_at < AT_REST).order_by(_o.written_at).limit(1)
        return self._db.scalar(oldest)

    def _deadlines(self, now: datetime) -> dict[str, int]:
        running = select(_w.case_number, _w.department, _w.due_at).where(
            _RUNNING, (_w.due_at > now) | _w.due_at.is_(None)
        )
        rows = running.limit(COUNTED).subquery()
        is_its = and_(_r.case_number == rows.c.case_number, _r.department == rows.c.department)
        is_its = and_(is_its, (_r.due_at == rows.c.due_at) | _r.due_at.is_(None))
        reached = (
            select(func.coalesce(func.max(_r.stage), 0).label("stage"))
            .select_from(rows.outerjoin(reminder, is_its))
            .group_by(rows.c.case_number, rows.c.department)
            .subquery()
        )
        found = self._db.execute(select(reached.c.stage, func.count()).group_by(reached.c.stage)).all()
        stages = {int(stage): int(number) for stage, number in found}
        counts = {"running": stages.get(0, 0), "past_50": stages.get(50, 0), "past_90": stages.get(90, 0)}
        counts["overdue"] = self._count(select(_w.case_number).where(_RUNNING, _w.due_at <= now))
        for state in (WatchState.DEEMED, WatchState.ESCALATED):
            ended = _w.state == literal_column(f"'{state}'")
            counts[state.value] = self._count(select(_w.case_number).where(ended))
        return counts


def _ending(now: datetime, until: datetime) -> Select[tuple[object]]:
    return select(_w.case_number).where(_RUNNING, _w.due_at > now, _w.due_at <= until)
