"""Consultations on a department's desk; within a transaction a row is read once, as with cases."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, tuple_, update

from exchange.approval.department.records import DeskRow
from exchange.approval.department.tables import desk
from exchange.approval.rules.states import DESK, DeskState
from exchange.errors import Returned
from exchange.paging import Place
from exchange.store.bulk import adding
from exchange.store.statements import as_stored, move, values_of

_c = desk.c
_COLUMNS = [_c[field.name] for field in fields(DeskRow)]

_ROWS = select(*_COLUMNS)
_SEVERAL = _ROWS.where(_c.case_number.in_(bindparam("numbers", expanding=True)))
_ONE = _ROWS.where(_c.case_number == bindparam("number"))
_BY_OPINION = _ROWS.where(_c.opinion_id == bindparam("message"))
_RECALLED_BY = _ROWS.where(_c.recall_id.in_(bindparam("messages", expanding=True)))
_PAGE = _ROWS.where(_c.state == bindparam("in_state")).order_by(_c.received_at, _c.case_number).limit(bindparam("most"))
_BEHIND = tuple_(bindparam("moment", type_=_c.received_at.type), bindparam("number", type_=_c.case_number.type))
_PAGE_BEHIND = _PAGE.where(tuple_(_c.received_at, _c.case_number) > _BEHIND)
_DATED = (
    _ROWS.where(_c.state == bindparam("in_state"), _c.due_at.is_not(None))
    .order_by(_c.due_at, _c.case_number)
    .limit(bindparam("most"))
)
_DUE_BEHIND = tuple_(bindparam("moment", type_=_c.due_at.type), bindparam("number", type_=_c.case_number.type))
_DATED_BEHIND = _DATED.where(tuple_(_c.due_at, _c.case_number) > _DUE_BEHIND)
_UNDATED = (
    _ROWS.where(_c.state == bindparam("in_state"), _c.due_at.is_(None), _c.case_number > bindparam("number"))
    .order_by(_c.case_number)
    .limit(bindparam("most"))
)
_PUT = adding(desk, *(field.name for field in fields(DeskRow)))


class DepartmentDesk:
    """Consultations at a department."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._rows: dict[str, DeskRow | None] = {}

    def put(self, rows: Sequence[DeskRow]) -> None:
        for row in rows:
            present = self.get(row.case_number)
            if present is None:
                _PUT.run(self._db, [values_of(row)])
            elif present.window != row.window:
                raise Returned(
                    "case {case_number} is another window's",
                    code="not-yours",
                    remedy="number the case anew",
                    case_number=row.case_number,
                )
            else:
                self._db.execute(update(desk).where(_c.case_number == row.case_number).values(**values_of(row)))
            del self._rows[row.case_number]

    def get(self, case_number: str) -> DeskRow | None:
        if case_number not in self._rows:
            row = self._db.execute(_ONE, {"number": case_number}).first()
            self._rows[case_number] = DeskRow(*row) if row else None
        return self._rows[case_number]

    def read_ahead(self, case_numbers: Collection[str]) -> None:
        """Read the rows of several cases by one statement, for what asks for one after the other."""
        lacking = [one for one in case_numbers if one not in self._rows]
        if lacking:
            self._rows |= dict.fromkeys(lacking)
            self._rows |= {row[1]: DeskRow(*row) for row in self._db.execute(_SEVERAL, {"numbers": lacking})}

    def by_opinion(self, message_id: str) -> DeskRow | None:
        """Return the row that this opinion of the department answered, or None."""
        row = self._db.execute(_BY_OPINION, {"message": message_id}).first()
        return DeskRow(*row) if row else None

    def recalled_by(self, message_ids: Collection[str]) -> dict[str, DeskRow]:
        """Return the rows whose opinion one of these messages recalls, by the message's id."""
        rows = [DeskRow(*row) for row in self._db.execute(_RECALLED_BY, {"messages": list(message_ids)})]
        return {row.recall_id: row for row in rows if row.recall_id is not None}

    def page(self, state: DeskState, after: Place | None, limit: int) -> list[DeskRow]:
        """Return a page of the rows in one state, oldest first, behind a place; for `exchange.paging.every`."""
        here: dict[str, Any] = {"in_state": state, "most": limit}
        if after is None:
            return [DeskRow(*row) for row in self._db.execute(_PAGE, here)]
        here |= {"moment": after[0], "number": after[1]}
        return [DeskRow(*row) for row in self._db.execute(_PAGE_BEHIND, here)]

    def by_due(self, state: DeskState, after: Place | None, limit: int) -> list[DeskRow]:
        """Return a page of the rows in one state that have a due moment, the earliest first, behind a place of due
        moment and number."""
        here: dict[str, Any] = {"in_state": state, "most": limit}
        if after is None:
            return [DeskRow(*row) for row in self._db.execute(_DATED, here)]
        here |= {"moment": after[0], "number": after[1]}
        return [DeskRow(*row) for row in self._db.execute(_DATED_BEHIND, here)]

    def without_due(self, state: DeskState, after: str, limit: int) -> list[DeskRow]:
        """Return a page of the rows in one state whose term has not begun, or stands still, behind a number."""
        found = self._db.execute(_UNDATED, {"in_state": state, "number": after, "most": limit})
        return [DeskRow(*row) for row in found]

    def how_many(self, state: DeskState, most: int) -> int:
        """Return how many rows are in a state, counted no further than ``most``."""
        some = select(_c.case_number).where(_c.state == state).limit(most).subquery()
        return self._db.scalar(select(func.count()).select_from(some)) or 0

    def recent(self, limit: int = 100) -> list[DeskRow]:
        query = _ROWS.order_by(_c.received_at.desc(), _c.case_number.desc()).limit(limit)
        return [DeskRow(*row) for row in self._db.execute(query)]

    def move(self, case_number: str, before: Collection[DeskState], after: DeskState, **fields: Any) -> bool:
        """Change a row by one guarded UPDATE; ``fields`` are columns of DeskRow. Returns True if this call moved it."""
        moved = move(self._db, desk, DESK, {"case_number": case_number}, before, after, fields)
        row = self._rows.get(case_number)
        if moved and row is not None:
            self._rows[case_number] = replace(row, **as_stored(desk, {"state": after, **fields}))
        return moved

    def counts(self) -> dict[str, int]:
        found = self._db.execute(select(_c.state, func.count()).group_by(_c.state)).all()
        return {str(state): int(number) for state, number in found}
