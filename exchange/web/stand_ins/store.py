"""Who stands in for whom, within one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime

from sqlalchemy import Connection, Row, func, insert, select, update

from exchange.store.statements import values_of
from exchange.web.stand_ins.records import StandIn
from exchange.web.stand_ins.tables import stand_in

_s = stand_in.c
_RECORDS = select(*(_s[field.name] for field in fields(StandIn)))


class StandIns:
    """Records of an office; none is ever deleted."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, record: StandIn) -> None:
        """Keep a record."""
        days = {"since": record.since.isoformat(), "until": record.until.isoformat()}
        row = {**values_of(record), **days, "matters": " ".join(record.matters)}
        self._db.execute(insert(stand_in).values(row))

    def next_number(self) -> int:
        """Return the number of the next record."""
        return (self._db.scalar(select(func.max(_s.number))) or 0) + 1

    def get(self, number: int) -> StandIn | None:
        """Return a record; None where there is none of this number."""
        row = self._db.execute(_RECORDS.where(_s.number == number)).first()
        return _record(row) if row is not None else None

    def of(self, who: str, day: date) -> tuple[StandIn, ...]:
        """Return the records by which somebody stands in for others on a day or later."""
        open_ = (_s.stand_in == who) & (_s.until >= day.isoformat()) & _s.ended_at.is_(None)
        return _records(self._db.execute(_RECORDS.where(open_).order_by(_s.until)))

    def open(self, day: date, most: int) -> tuple[StandIn, ...]:
        """Return the records of the office that hold on a day or later, those first that end first."""
        open_ = (_s.until >= day.isoformat()) & _s.ended_at.is_(None)
        return _records(self._db.execute(_RECORDS.where(open_).order_by(_s.until, _s.number).limit(most)))

    def latest(self, most: int) -> tuple[StandIn, ...]:
        """Return the latest records, whether they hold or not."""
        return _records(self._db.execute(_RECORDS.order_by(_s.number.desc()).limit(most)))

    def end(self, number: int, by: str, at: datetime) -> bool:
        """End a record before its last day; False where it was ended before."""
        running = (_s.number == number) & _s.ended_at.is_(None)
        return self._db.execute(update(stand_in).where(running).values(ended_at=at, ended_by=by)).rowcount == 1


def _records(rows: Iterable[Row[tuple[object, ...]]]) -> tuple[StandIn, ...]:
    return tuple(_record(row) for row in rows)


def _record(row: Row[tuple[object, ...]]) -> StandIn:
    values = dict(row._mapping)
    days = {name: date.fromisoformat(values[name]) for name in ("since", "until")}
    return StandIn(**{**values, **days, "matters": tuple(values["matters"].split())})
