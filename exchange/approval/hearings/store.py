"""Hearings at a window; every transition one guarded UPDATE."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields

from sqlalchemy import Connection, bindparam, select

from exchange.approval.hearings.records import HearingRow
from exchange.approval.hearings.states import HEARINGS, HearingState
from exchange.approval.hearings.tables import hearing
from exchange.store.bulk import adding
from exchange.store.statements import move, values_of

_COLUMNS = [hearing.c[field.name] for field in fields(HearingRow)]
_ADD = adding(hearing, *(field.name for field in fields(HearingRow)))
_OF_CASE = select(*_COLUMNS).where(hearing.c.case_number == bindparam("case")).order_by(hearing.c.position)

_OF_SEVERAL = (
    select(*_COLUMNS)
    .where(hearing.c.case_number.in_(bindparam("cases", expanding=True)))
    .order_by(hearing.c.case_number, hearing.c.position)
)


class Hearings:
    """Hearings at a window."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, row: HearingRow) -> None:
        """Add a hearing that was just called."""
        _ADD.run(self._db, [values_of(row)])

    def of_case(self, case_number: str) -> tuple[HearingRow, ...]:
        """Return the hearings of a case, in the order in which they were called."""
        return tuple(HearingRow(*row) for row in self._db.execute(_OF_CASE, {"case": case_number}))

    def of_several(self, case_numbers: Collection[str]) -> dict[str, list[HearingRow]]:
        """Return the hearings of several cases, by case; of one that has none, nothing."""
        found: dict[str, list[HearingRow]] = {}
        for row in self._db.execute(_OF_SEVERAL, {"cases": list(case_numbers)}) if case_numbers else ():
            found.setdefault(row.case_number, []).append(HearingRow(*row))
        return found

    def move(self, row: HearingRow, after: HearingState, **changed: object) -> bool:
        """Move a hearing on, if it still is in the state that it was read in; tells whether this call did."""
        condition = {row.state}
        key = {"case_number": row.case_number}
        return move(self._db, hearing, HEARINGS, {**key, "notice_id": row.notice_id}, condition, after, changed)
