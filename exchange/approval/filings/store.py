"""Filings at a window; every transition one guarded UPDATE."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, String, bindparam, func, literal, select, tuple_, update

from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.states import FILINGS, FilingState
from exchange.approval.filings.tables import CHANGED, TO_ACCEPT, filing
from exchange.paging import Place
from exchange.store.bulk import adding
from exchange.store.statements import move, values_of

_f = filing.c
_COLUMNS = [_f[field.name] for field in fields(FilingRow)]
_ADD = adding(filing, *(field.name for field in fields(FilingRow)))
_ONE = select(*_COLUMNS).where(_f.portal == bindparam("portal"), _f.number == bindparam("number"))
_OF_CASE = select(*_COLUMNS).where(_f.case_number == bindparam("case"))
_CASES: BindParameter[Any] = bindparam("cases", expanding=True)
_DIRTY = update(filing).where(_f.case_number.in_(_CASES), _f.changed_at.is_(None)).values(changed_at=bindparam("now"))
_CHANGED = select(*_COLUMNS).where(CHANGED).order_by(_f.changed_at).limit(bindparam("most"))
_WAITING = (
    select(*_COLUMNS).where(TO_ACCEPT, _f.complete_at < bindparam("before"))
    .order_by(_f.complete_at, _f.portal, _f.number).limit(bindparam("most"))
)  # fmt: skip
_TOLD = (
    update(filing)
    .where(_f.portal == bindparam("at_portal"), _f.number == bindparam("at_number"))
    .values(serial=bindparam("s"), told=bindparam("t"), served_id=bindparam("d"), changed_at=None)
)


class Filings:
    """Filings at a window."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, row: FilingRow) -> None:
        """Add a filing that has just come in."""
        _ADD.run(self._db, [values_of(row)])

    def get(self, portal: str, number: str) -> FilingRow | None:
        """Return one filing."""
        row = self._db.execute(_ONE, {"portal": portal, "number": number}).first()
        return FilingRow(*row) if row else None

    def named(self, number: str) -> list[FilingRow]:
        """Return the filings of this number: one, unless several portals have used it."""
        query = select(*_COLUMNS).where(_f.number == number).order_by(_f.portal).limit(10)
        return [FilingRow(*row) for row in self._db.execute(query)]

    def of_case(self, case_number: str) -> FilingRow | None:
        """Return the filing from which a case was opened; None where it was opened at the window itself."""
        row = self._db.execute(_OF_CASE, {"case": case_number}).first()
        return FilingRow(*row) if row else None

    def move(self, row: FilingRow, after: FilingState, **changed: object) -> bool:
        """Move a filing on, if it still is in the state that it was read in; tells whether this call did."""
        key = {"portal": row.portal, "number": row.number}
        return move(self._db, filing, FILINGS, key, {row.state}, after, changed)

    def cases_changed(self, cases: Collection[str], now: datetime) -> None:
        """Note that there may be something to tell of cases, as far as they come from filings."""
        self._db.execute(_DIRTY, {"cases": list(cases), "now": now})

    def changed(self, most: int) -> list[FilingRow]:
        """Return filings of whose case there may be something to tell, the longest waiting first."""
        return [FilingRow(*row) for row in self._db.execute(_CHANGED, {"most": most})]

    def was_told(self, row: FilingRow, serial: int, told: str | None, served_id: str | None) -> None:
        """Note that with this transaction everything about a filing's case is told."""
        at = {"at_portal": row.portal, "at_number": row.number}
        self._db.execute(_TOLD, {**at, "s": serial, "t": told, "d": served_id})

    def to_accept(self, before: datetime, most: int) -> list[FilingRow]:
        """Return filings that have waited for the window's word since before a moment, the first in front."""
        return [FilingRow(*row) for row in self._db.execute(_WAITING, {"before": before, "most": most})]

    def recent(self, state: FilingState | None = None, limit: int = 50, before: Place | None = None) -> list[FilingRow]:
        """Return the latest filings, newest first; ``before`` goes on behind the place of the last one seen."""
        query = select(*_COLUMNS).order_by(_f.received_at.desc(), _f.portal.desc(), _f.number.desc()).limit(limit)
        if state is not None:
            query = query.where(_f.state == state)
        if before is not None:
            portal, _, number = before[1].partition(" ")
            last = literal(before[0], _f.received_at.type), literal(portal, String()), literal(number, String())
            query = query.where(tuple_(_f.received_at, _f.portal, _f.number) < tuple_(*last))
        return [FilingRow(*row) for row in self._db.execute(query)]

    def waiting(self, limit: int, after: Place | None = None) -> list[FilingRow]:
        """Return filings that wait for an officer's word, the first in front; ``after`` goes on behind that place."""
        query = select(*_COLUMNS).where(TO_ACCEPT).order_by(_f.complete_at, _f.portal, _f.number).limit(limit)
        if after is not None:
            portal, _, number = after[1].partition(" ")
            last = literal(after[0], _f.complete_at.type), literal(portal, String()), literal(number, String())
            query = query.where(tuple_(_f.complete_at, _f.portal, _f.number) > tuple_(*last))
        return [FilingRow(*row) for row in self._db.execute(query)]

    def how_many_wait(self, most: int) -> int:
        """Return how many wait for an officer's word, counted no further than ``most``."""
        some = select(_f.number).where(TO_ACCEPT).limit(most).subquery()
        return self._db.scalar(select(func.count()).select_from(some)) or 0

    def counts(self) -> dict[str, int]:
        """Return how many filings there are in each state."""
        query = select(_f.state, func.count()).group_by(_f.state)
        return {f"filing-{state.value}": count for state, count in self._db.execute(query)}
