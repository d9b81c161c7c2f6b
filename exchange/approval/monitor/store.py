"""Open deadlines at a monitor; what is looked at is what is due, never what is open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, bindparam, func, select, update

from exchange.approval.monitor.records import WatchRow
from exchange.approval.monitor.tables import reminder, watch
from exchange.approval.rules.states import WATCHES, WatchState
from exchange.schemas import DeadlineState, SentReminder
from exchange.store.bulk import Many, adding

_c = watch.c
_r = reminder.c
_RUNNING = _c.state == WatchState.RUNNING
_VALUES = (
    "case_number", "department", "window", "revision", "state", "due_at", "provisional", "next_at", "calendar",
    "deadline",
)  # fmt: skip
_THIS = (_c.case_number == bindparam("of_case"), _c.department == bindparam("of_department"))
_AS_TOLD = (*_THIS, _c.revision == bindparam("of_revision"), _RUNNING)
_ADD = adding(watch, *_VALUES)
_REPLACE = Many(
    update(watch)
    .where(*_THIS)
    .values({name: bindparam(name, type_=_c[name].type) for name in _VALUES} | {"finished_at": None})
)
_DUE = select(watch).where(_RUNNING, _c.next_at <= bindparam("now")).order_by(_c.next_at).limit(bindparam("most"))
_DEADLINE = select(_c.deadline).where(*_THIS)
_NEXT_AT = select(func.min(_c.next_at)).where(_RUNNING)
_POSTPONE = update(watch).where(*_AS_TOLD).values(next_at=bindparam("later", type_=_c.next_at.type))
_OTHER = select(watch).where(_RUNNING).order_by(_c.calendar).limit(bindparam("most"))
_OUTDATED = tuple(_OTHER.where(other) for other in (_c.calendar < bindparam("by"), _c.calendar > bindparam("by")))
"""Two ranges of the index, next to nothing each."""
_PRESENT = (
    select(_c.case_number, _c.department, _c.window, _c.revision, _c.state)
    .where(_c.case_number.in_(bindparam("cases", expanding=True)))
    .with_for_update()
)
"""By case alone: SQLite would go through all deadlines for a list of pairs."""
_REMINDERS = (
    select(reminder)
    .where(_r.case_number == bindparam("of_case"), _r.department == bindparam("of_department"))
    .order_by(_r.at)
)
_REMINDED = adding(reminder, "case_number", "department", "message_id", "stage", "at", "due_at")
_FINISH = (
    update(watch)
    .where(*_AS_TOLD)
    .values(
        state=bindparam("after", type_=_c.state.type), next_at=None,
        finished_at=bindparam("now", type_=_c.finished_at.type),
    )
)  # fmt: skip


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
        _ADD.run(self._db, fresh)
        changed = [row for key, row in latest.items() if key in present and _overrides(row, present[key])]
        for row in changed:
            WATCHES.check({present[row.deadline.case_number, row.deadline.department].state}, row.state)
        _REPLACE.run(self._db, [_values(row) | _of(row.deadline) for row in changed])
        return len(fresh) + len(changed)

    def due(self, now: datetime, limit: int) -> list[UnreadWatch]:
        """Return the RUNNING rows whose ``next_at`` has come, earliest first.

        The cost follows what is due, not what is open.
        """
        return [UnreadWatch(row) for row in self._db.execute(_DUE, {"now": now, "most": limit})]

    def deadline(self, case_number: str, department: str) -> DeadlineState | None:
        """Return a deadline as it was told last; None where it was not, or cannot be read any more."""
        text = self._db.scalar(_DEADLINE, {"of_case": case_number, "of_department": department})
        try:
            return DeadlineState.model_validate_json(text) if text is not None else None
        except ValidationError:
            return None

    def next_at(self) -> datetime | None:
        earliest: datetime | None = self._db.scalar(_NEXT_AT)
        return earliest

    def postpone(self, case_number: str, department: str, revision: int, next_at: datetime | None) -> None:
        here = {"of_case": case_number, "of_department": department, "of_revision": revision}
        self._db.execute(_POSTPONE, {**here, "later": next_at})

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
        found = self._db.execute(_REMINDERS, {"of_case": case_number, "of_department": department})
        return [SentReminder(message_id=row.message_id, stage=row.stage, at=row.at) for row in found]

    def add_reminder(self, case_number: str, department: str, sent: SentReminder, due_at: datetime) -> bool:
        """Add a reminder; returns False if it is there: an id stands for one stage, term and due moment."""
        key = {"case_number": case_number, "department": department, "message_id": sent.message_id}
        if self._db.scalar(select(_r.at).where(*(_r[name] == value for name, value in key.items()))) is not None:
            return False
        _REMINDED.run(self._db, [{**key, "stage": sent.stage, "at": sent.at, "due_at": due_at}])
        return True

    def finish(self, case_number: str, department: str, revision: int, after: WatchState, now: datetime) -> bool:
        """Turn a row that is RUNNING at this revision into ``after`` by one guarded UPDATE."""
        WATCHES.check({WatchState.RUNNING}, after)
        here = {"of_case": case_number, "of_department": department, "of_revision": revision}
        return self._db.execute(_FINISH, {**here, "after": after, "now": now}).rowcount == 1

    def outdated(self, calendar: str, limit: int) -> list[UnreadWatch]:
        """Return the RUNNING rows projected with another calendar."""
        found: list[UnreadWatch] = []
        for query in _OUTDATED:
            there = self._db.execute(query, {"by": calendar, "most": limit - len(found)})
            found += [UnreadWatch(row) for row in there]
        return found

    def board(self, limit: int = 100) -> list[WatchRow]:
        query = select(watch).where(_RUNNING).order_by(_c.due_at.nulls_last()).limit(limit)
        return [watch_of(row) for row in self._db.execute(query)]

    def counts(self) -> dict[str, int]:
        found = self._db.execute(select(_c.state, func.count()).group_by(_c.state)).all()
        return {str(state): int(number) for state, number in found}

    def _present(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Any]:
        found = self._db.execute(_PRESENT, {"cases": list({number for number, _ in keys})})
        return {(row.case_number, row.department): row for row in found}


def _in_order(rows: Sequence[WatchRow]) -> list[WatchRow]:
    """Lower revisions first, so that of several for one deadline the newest remains."""
    return sorted(rows, key=lambda row: row.deadline.revision)


def _overrides(row: WatchRow, present: Any) -> bool:
    """The same window's higher revision counts, unless it merely closes what this monitor has finished itself."""
    newer: bool = row.window == present.window and row.deadline.revision > present.revision
    return newer and (present.state is WatchState.RUNNING or row.state is WatchState.RUNNING)


def _key(case_number: str, department: str) -> tuple[Any, Any]:
    return _c.case_number == case_number, _c.department == department


def _of(deadline: DeadlineState) -> dict[str, Any]:
    return {"of_case": deadline.case_number, "of_department": deadline.department}


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
