"""The clocks of whole cases at a window, and their ledgers. What is told is marked by a guarded UPDATE, once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from exchange.approval.clocks.records import ClockRow
from exchange.approval.clocks.tables import case_clock, case_ledger
from exchange.approval.statements import HOLD_UP
from exchange.schemas import LedgerEntry
from exchange.store.bulk import adding
from exchange.store.statements import values_of

_c, _l = case_clock.c, case_ledger.c
_NAMES = [field.name for field in fields(ClockRow)]
_COLUMNS = [_c[name] for name in _NAMES]
_GET = select(*_COLUMNS).where(_c.case_number == bindparam("number"))
_SEVERAL = select(*_COLUMNS).where(_c.case_number.in_(bindparam("numbers", expanding=True)))
_DUE = (
    select(*_COLUMNS)
    .where(_c.look_at.is_not(None), _c.look_at <= bindparam("now"))
    .order_by(_c.look_at, _c.case_number)
    .limit(bindparam("most"))
)
_ENTRIES = select(_l.entry).where(_l.case_number == bindparam("number")).order_by(_l.position)
_COUNT = select(func.count()).select_from(case_ledger).where(_l.case_number == bindparam("number"))
_BEGIN = adding(case_clock, *_NAMES)
_APPEND = adding(case_ledger, "case_number", "position", "entry")


class CaseClocks:
    """Clocks and ledgers of cases within one transaction, in which each is read once until something is written."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._known: dict[str, ClockRow] = {}
        self._entries: dict[str, list[LedgerEntry]] = {}

    def begin(self, number: str, look_at: datetime) -> None:
        """Begin the clocks of a new case."""
        _BEGIN.run(self._db, [values_of(ClockRow(number, look_at))])
        self._known.pop(number, None)

    def begin_anew(self, number: str, look_at: datetime) -> None:
        """Begin them anew, in a case that is taken up again: nothing was told of its present round."""
        self._there(number)
        blank = {name: None for name in _NAMES if name not in ("case_number", "look_at")}
        self._db.execute(update(case_clock).where(_c.case_number == number).values(**blank, look_at=look_at))
        self._known.pop(number, None)

    def get(self, number: str) -> ClockRow:
        """Return the record of a case; an empty one where a former release has closed it."""
        if number not in self._known:
            row = self._db.execute(_GET, {"number": number}).first()
            self._known[number] = ClockRow(*row) if row else ClockRow(number)
        return self._known[number]

    def several(self, numbers: Collection[str]) -> dict[str, ClockRow]:
        """Return the records of several cases, by case; as `get`."""
        rows = self._db.execute(_SEVERAL, {"numbers": list(numbers)}) if numbers else ()
        return {number: ClockRow(number) for number in numbers} | {row[0]: ClockRow(*row) for row in rows}

    def due(self, now: datetime, limit: int) -> list[ClockRow]:
        """Return those that are to be looked at by now, the first in front."""
        return [ClockRow(*row) for row in self._db.execute(_DUE, {"now": now, "most": limit})]

    def look(self, number: str, at: datetime | None) -> None:
        """Note when a case's clocks are looked at next."""
        self._db.execute(update(case_clock).where(_c.case_number == number).values(look_at=at))
        self._known.pop(number, None)

    def overrun(self, number: str, at: datetime) -> bool:
        """Mark that the statutory term was told to be over; False where it was before."""
        return self._held_up(number, self._mark(number, "overrun_at", overrun_at=at))

    def promise_over(self, number: str, at: datetime) -> bool:
        """Mark that the promised term was not kept; False where it was before."""
        return self._held_up(number, self._mark(number, "promise_over_at", promise_over_at=at))

    def remind(self, number: str, stage: int, due_at: datetime, at: datetime) -> bool:
        """Mark that the lead is reminded of the term of a case; False where it was, of this share of this end."""
        before = (_c.reminded_due_at == due_at) & (_c.reminded_stage >= stage)
        free = _c.reminded_at.is_(None) | ~before
        done = self._set(number, free, reminded_at=at, reminded_stage=stage, reminded_due_at=due_at)
        return self._held_up(number, done)

    def remind_of_delivery(self, number: str, stage: int, at: datetime) -> bool:
        """Mark that the lead is reminded of a delivery; False where it was, of this share."""
        free = _c.delivery_reminded_at.is_(None) | (_c.delivery_reminded_stage < stage)
        return self._set(number, free, delivery_reminded_at=at, delivery_reminded_stage=stage)

    def explain(self, number: str, at: datetime, officer: str, explanation: str) -> bool:
        """Record why a promise was not kept; False where that is on record."""
        said = {"explained_at": at, "explained_by": officer, "explanation": explanation}
        return self._mark(number, "explained_at", **said)

    def undelivered(self, number: str, at: datetime) -> bool:
        """Mark that a delivery was told to be overdue; False where it was before."""
        return self._mark(number, "undelivered_at", undelivered_at=at)

    def deliver(self, number: str, at: datetime, officer: str, to: str) -> bool:
        """Record the delivery; False where that is on record."""
        return self._mark(number, "delivered_at", delivered_at=at, delivered_by=officer, delivered_to=to)

    def ledger(self, number: str) -> list[LedgerEntry]:
        """Return the entries in the term of a case, of all its rounds."""
        if number not in self._entries:
            found = self._db.scalars(_ENTRIES, {"number": number})
            self._entries[number] = [LedgerEntry.model_validate_json(entry) for entry in found]
        return list(self._entries[number])

    def add_entry(self, number: str, entry: LedgerEntry) -> None:
        """Add an entry to the ledger of a case; entries are never changed."""
        place = self._db.scalar(_COUNT, {"number": number}) or 0
        _APPEND.run(self._db, [{"case_number": number, "position": place, "entry": entry.model_dump_json()}])
        self._entries.pop(number, None)

    def _held_up(self, number: str, done: bool) -> bool:
        """The lead has it among its cases from then on."""
        if done:
            self._db.execute(HOLD_UP, {"held": number})
        return done

    def _mark(self, number: str, unless: str, **values: Any) -> bool:
        return self._set(number, _c[unless].is_(None), **values)

    def _set(self, number: str, free: ColumnElement[bool], **values: Any) -> bool:
        self._there(number)
        self._known.pop(number, None)
        guarded = update(case_clock).where(_c.case_number == number, free)
        return self._db.execute(guarded.values(**values)).rowcount == 1

    def _there(self, number: str) -> None:
        """A case that a former release has closed has no row yet."""
        if self._db.execute(_GET, {"number": number}).first() is None:
            _BEGIN.run(self._db, [values_of(ClockRow(number))])
