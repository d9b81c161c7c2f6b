"""Open deadlines at a monitor; what is looked at is what is due, never what is open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, func, insert, select, update

from exchange.approval.monitor.records import WatchRow
from exchange.approval.monitor.tables import reminder, watch
from exchange.approval.rules.states import WATCHES, WatchState
from exchange.schemas import DeadlineState, SentReminder

_c = watch.c
_r = reminder.c
_RUNNING = _c.state == WatchState.RUNNING


@dataclass(frozen=True, slots=True)
class UnreadWatch:
    """A row whose deadline is read later: one that cannot be read any more must not keep the others from being."""

    row: Row[Any]

    @property
    def key(self) -> str:
        """Return what names the row: case and department."""
        return f"{self.row.case_number} {self.row.department}"

    def read(self) -> WatchRow:
        """Return the row as a record. Raises ValidationError."""
        return watch_of(self.row)


class Watches:
    """Open deadlines at a monitor."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, rows: Sequence[WatchRow]) -> int:
        """Insert, or replace one of a lower revision that is still RUNNING; returns how many took effect."""
        latest = {(row.deadline.case_number, row.deadline.department): row for row in _in_order(rows)}
        present = self._present(latest.keys())
        fresh = [_values(row) for key, row in latest.items() if key not in present]
        if fresh:
            self._db.execute(insert(watch), fresh)
        changed = [row for key, row in latest.items() if key in present and _overrides(row, present[key])]
        for row in changed:
            WATCHES.check({present[row.deadline.case_number, row.deadline.department].state}, row.state)
            self._db.execute(
                update(watch)
                .where(*_key(row.deadline.case_number, row.deadline.department))
                .values(**_values(row), finished_at=None)
            )
        return len(fresh) + len(changed)

    def due(self, now: datetime, limit: int) -> list[UnreadWatch]:
        """Return the RUNNING rows whose ``next_at`` has come, earliest first.

        The cost follows what is due, not what is open.
        """
        query = select(watch).where(_RUNNING, _c.next_at <= now).order_by(_c.next_at).limit(limit)
        return [UnreadWatch(row) for row in self._db.execute(query)]

    def deadline(self, case_number: str, department: str) -> DeadlineState | None:
        """Return a deadline as it was told last; None where it was not, or cannot be read any more."""
        text = self._db.scalar(select(_c.deadline).where(*_key(case_number, department)))
        try:
            return DeadlineState.model_validate_json(text) if text is not None else None
        except ValidationError:
            return None

    def next_at(self) -> datetime | None:
        earliest: datetime | None = self._db.scalar(select(func.min(_c.next_at)).where(_RUNNING))
        return earliest

    def postpone(self, case_number: str, department: str, revision: int, next_at: datetime | None) -> None:
        self._db.execute(
            update(watch)
            .where(*_key(case_number, department), _c.revision == revision, _RUNNING)
            .values(next_at=next_at)
        )

    def reproject(self, row: WatchRow) -> bool:
        """Take over the row's projection (due, provisional, next look, calendar) where revision and RUNNING hold."""
        state = row.deadline
        moved = self._db.execute(
            update(watch)
            .where(*_key(state.case_number, state.department), _c.revision == state.revision, _RUNNING)
            .values(due_at=row.due_at, provisional=row.provisional, next_at=row.next_at, calendar=row.calendar)
        )
        return moved.rowcount == 1

    def reminders(self, case_number: str, department: str) -> list[SentReminder]:
        """Return all that went out to a department in a case, of whichever term and due moment, in order of time."""
        query = select(reminder).where(_r.case_number == case_number, _r.department == department).order_by(_r.at)
        return [SentReminder(message_id=row.message_id, stage=row.stage, at=row.at) for row in self._db.execute(query)]

    def add_reminder(self, case_number: str, department: str, sent: SentReminder, due_at: datetime) -> bool:
        """Add a reminder; returns False if it is there: an id stands for one stage, term and due moment."""
        key = {"case_number": case_number, "department": department, "message_id": sent.message_id}
        if self._db.scalar(select(_r.at).where(*(_r[name] == value for name, value in key.items()))) is not None:
            return False
        self._db.execute(insert(reminder).values(**key, stage=sent.stage, at=sent.at, due_at=due_at))
        return True

    def finish(self, case_number: str, department: str, revision: int, after: WatchState, now: datetime) -> bool:
        """Turn a row that is RUNNING at this revision into ``after`` by one guarded UPDATE."""
        WATCHES.check({WatchState.RUNNING}, after)
        moved = self._db.execute(
            update(watch)
            .where(*_key(case_number, department), _c.revision == revision, _RUNNING)
            .values(state=after, next_at=None, finished_at=now)
        )
        return moved.rowcount == 1

    def outdated(self, calendar: str, limit: int) -> list[UnreadWatch]:
        """Return the RUNNING rows projected with another calendar."""
        found: list[UnreadWatch] = []
        for other in (_c.calendar < calendar, _c.calendar > calendar):  # two ranges of the index, next to nothing each
            query = select(watch).where(_RUNNING, other).order_by(_c.calendar).limit(limit - len(found))
            found += [UnreadWatch(row) for row in self._db.execute(query)]
        return found

    def board(self, limit: int = 100) -> list[WatchRow]:
        query = select(watch).where(_RUNNING).order_by(_c.due_at.nulls_last()).limit(limit)
        return [watch_of(row) for row in self._db.execute(query)]

    def counts(self) -> dict[str, int]:
        found = self._db.execute(select(_c.state, func.count()).group_by(_c.state)).all()
        return {str(state): int(number) for state, number in found}

    def _present(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Any]:
        # By case alone: SQLite would go through all deadlines for a list of pairs.
        query = (
            select(_c.case_number, _c.department, _c.window, _c.revision, _c.state)
            .where(_c.case_number.in_({number for number, _ in keys}))
            .with_for_update()
        )
        return {(row.case_number, row.department): row for row in self._db.execute(query)}


def _in_order(rows: Sequence[WatchRow]) -> list[WatchRow]:
    """Lower revisions first, so that of several for one deadline the newest remains."""
    return sorted(rows, key=lambda row: row.deadline.revision)


def _overrides(row: WatchRow, present: Any) -> bool:
    """The same window's higher revision counts, unless it merely closes what this monitor has finished itself."""
    newer: bool = row.window == present.window and row.deadline.revision > present.revision
    return newer and (present.state is WatchState.RUNNING or row.state is WatchState.RUNNING)


def _key(case_number: str, department: str) -> tuple[Any, Any]:
    return _c.case_number == case_number, _c.department == department


def _values(row: WatchRow) -> dict[str, Any]:
    return {
        "case_number": row.deadline.case_number,
        "department": row.deadline.department,
        "window": row.window,
        "revision": row.deadline.revision,
        "state": row.state,
        "due_at": row.due_at,
        "provisional": row.provisional,
        "next_at": row.next_at,
        "calendar": row.calendar,
        "deadline": row.deadline.model_dump_json(),
    }


def watch_of(row: Row[Any]) -> WatchRow:
    """Return the watch row that a database row holds."""
    return WatchRow(
        deadline=DeadlineState.model_validate_json(row.deadline),
        window=row.window,
        state=row.state,
        due_at=row.due_at,
        provisional=row.provisional,
        next_at=row.next_at,
        calendar=row.calendar,
    )
