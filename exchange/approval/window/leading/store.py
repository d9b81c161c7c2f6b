"""Cases that may wait for their lead, in the order in which they were opened; what is read follows what waits, and not
what is open.

Ready cases and open ones that were ever held up come by an index in that order. The few others that wait for something
(a request that nobody has signed for, a review, a reason, a delivery) are named by partial indexes of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select

from exchange.approval.clocks.tables import DELIVERY_REMINDED, UNDELIVERED, UNEXPLAINED, case_clock
from exchange.approval.records import CaseRow
from exchange.approval.rules.states import CaseState
from exchange.approval.statements import CASE_COLUMNS
from exchange.approval.tables import HELD_UP, NOT_SIGNED, TO_REVIEW, case_file, part
from exchange.paging import Place
from exchange.store.keyset import after_place

_f, _p = case_file.c, part.c
_AT_ONCE = 500
"""Cases that are looked up at once."""
_UNSIGNED = select(_p.case_number).where(NOT_SIGNED).order_by(_p.issued_at, _p.case_number)
_OWED = tuple(select(case_clock.c.case_number).where(one) for one in (UNEXPLAINED, UNDELIVERED, DELIVERY_REMINDED))
_REVIEWED = select(_p.case_number).where(TO_REVIEW)
_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_PLACES = select(_f.opened_at, _f.number, _f.state).where(_f.number.in_(_NUMBERS))
_ROWS = select(*CASE_COLUMNS).where(_f.number.in_(_NUMBERS))
_FIRST = select(_f.opened_at, _f.number, _f.state).order_by(_f.opened_at, _f.number)
_OTHERS = (CaseState.OPEN, CaseState.DECIDED)
"""States in which a case may wait for its lead for what partial indexes name; ready ones do anyway."""


class LeadCases:
    """What may wait for the lead, at a window."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def awaiting(self, until: datetime, after: Place | None, limit: int) -> list[CaseRow]:
        """Return cases that may wait for their lead, those that have been open longest first.

        They are ready ones, and all that `unready` returns; for `exchange.paging.every`.
        """
        places = {*self._ready(after, limit), *self._places(until, after, limit)}
        return self._cases(sorted(places)[:limit])

    def ready(self, after: Place | None, limit: int) -> list[CaseRow]:
        """Return those that are ready, the longest open in front."""
        return self._cases(self._ready(after, limit))

    def unready(self, until: datetime, after: Place | None, limit: int) -> list[CaseRow]:
        """Return those that may wait for their lead before they are ready, or after they were decided.

        Open ones that a part, a hearing or their own term has ever held up, or of which a request was put to its
        department before ``until`` and not signed for; and those of which a review, a reason or a delivery is owed.
        """
        return self._cases(self._places(until, after, limit))

    def _ready(self, after: Place | None, limit: int) -> list[Place]:
        first = _FIRST.where(_f.state == CaseState.READY).limit(limit)
        if after is not None:
            first = first.where(after_place(_f.opened_at, _f.number, after))
        return [(row.opened_at, row.number) for row in self._db.execute(first)]

    def _places(self, until: datetime, after: Place | None, limit: int) -> list[Place]:
        held = _FIRST.where(HELD_UP).limit(limit)
        if after is not None:
            held = held.where(after_place(_f.opened_at, _f.number, after))
        found = {(row.opened_at, row.number) for row in self._db.execute(held)}
        named = self._named(until)
        found.update(place for place in self._looked_up(named) if after is None or place > after)
        return sorted(found)[:limit]

    def _named(self, until: datetime) -> set[str]:
        """Cases in which a partial index finds something, each by its own statement: so it is the one that is used."""
        unsigned = _UNSIGNED.where(_p.issued_at <= until)
        return {number for query in (unsigned, _REVIEWED, *_OWED) for number in self._db.scalars(query)}

    def _looked_up(self, numbers: Iterable[str]) -> Iterator[Place]:
        for some in _in_lots(numbers):
            for row in self._db.execute(_PLACES, {"numbers": some}):
                if row.state in _OTHERS:
                    yield row.opened_at, row.number

    def _cases(self, places: Iterable[Place]) -> list[CaseRow]:
        found = [
            CaseRow(*row)
            for some in _in_lots(number for _, number in places)
            for row in self._db.execute(_ROWS, {"numbers": some})
        ]
        return sorted(found, key=lambda case: case.place)


def _in_lots(numbers: Iterable[str]) -> Iterator[list[str]]:
    left = iter(numbers)
    while some := list(islice(left, _AT_ONCE)):
        yield some
