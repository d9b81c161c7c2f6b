"""Requests for supplements; every transition one guarded UPDATE."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, literal, select, tuple_

from exchange.approval.rules.course.supplement_states import SUPPLEMENTS, SupplementState
from exchange.approval.rules.states import CaseState
from exchange.approval.supplements.records import SupplementRow
from exchange.approval.supplements.tables import TO_ANSWER, supplement_request
from exchange.approval.tables import case_file
from exchange.paging import Place
from exchange.store.bulk import adding
from exchange.store.statements import move, values_of

_r = supplement_request.c
_COLUMNS = [_r[field.name] for field in fields(SupplementRow)]
_ADD = adding(supplement_request, *(field.name for field in fields(SupplementRow)))
_OF_CASE = (
    select(*_COLUMNS)
    .where(_r.window == bindparam("at_window"), _r.case_number == bindparam("case"))
    .order_by(_r.department)
)
_BY_REQUEST = select(*_COLUMNS).where(_r.request_id == bindparam("message"))
_UNDECIDED = (CaseState.OPEN, CaseState.READY)
_ASKED = select(*_COLUMNS).join(case_file, case_file.c.number == _r.case_number).where(TO_ANSWER)


class SupplementRequests:
    """What departments ask of applicants."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, row: SupplementRow) -> None:
        """Add a request that was just made, or has just come in."""
        _ADD.run(self._db, [values_of(row)])

    def get(self, window: str, case_number: str, department: str) -> SupplementRow | None:
        """Return the one request of a department in a case."""
        return next((row for row in self.of_case(window, case_number) if row.department == department), None)

    def of_case(self, window: str, case_number: str) -> tuple[SupplementRow, ...]:
        """Return all requests in a case of a window that are on record here."""
        found = self._db.execute(_OF_CASE, {"at_window": window, "case": case_number})
        return tuple(SupplementRow(*row) for row in found)

    def by_request(self, message_id: str) -> SupplementRow | None:
        """Return the request that was made by this message."""
        row = self._db.execute(_BY_REQUEST, {"message": message_id}).first()
        return SupplementRow(*row) if row else None

    def move(self, row: SupplementRow, after: SupplementState, **changed: object) -> bool:
        """Move a request on, if it still is in the state that it was read in; tells whether this call did."""
        key = {"window": row.window, "case_number": row.case_number, "department": row.department}
        return move(self._db, supplement_request, SUPPLEMENTS, key, {row.state}, after, changed)

    def waiting(self, limit: int, after: Place | None = None) -> list[SupplementRow]:
        """Return what waits for a window's word in undecided cases, the first in front, behind a place."""
        query = _ASKED.where(case_file.c.state.in_(_UNDECIDED)).limit(limit)
        query = query.order_by(_r.asked_at, _r.case_number, _r.department)
        if after is not None:
            number, _, department = after[1].partition(" ")
            last = literal(after[0], _r.asked_at.type), literal(number), literal(department)
            query = query.where(tuple_(_r.asked_at, _r.case_number, _r.department) > tuple_(*last))
        return [SupplementRow(*row) for row in self._db.execute(query)]

    def how_many_wait(self, most: int) -> int:
        """Return how many wait for a window's word, counted no further than ``most``."""
        some = _ASKED.where(case_file.c.state.in_(_UNDECIDED)).limit(most).subquery()
        return self._db.scalar(select(func.count()).select_from(some)) or 0

    def overtaken(self, limit: int) -> list[SupplementRow]:
        """Return those of which nothing was said before their case was over."""
        query = _ASKED.where(case_file.c.state.not_in(_UNDECIDED)).order_by(_r.asked_at).limit(limit)
        return [SupplementRow(*row) for row in self._db.execute(query)]

    def ask_again(self, row: SupplementRow, request_id: str, now: datetime) -> bool:
        """Make a request that the window has sent back anew; tells whether this call did."""
        anew = {"request_id": request_id, "asked_at": now, "answered_at": None, "reasons": None}
        return self.move(row, SupplementState.ASKED, **anew)
