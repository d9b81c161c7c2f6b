"""The register of documents; entries are only ever appended. The writers of a member take turns, so numbers have no gap
and none is given twice.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace

from sqlalchemy import ColumnElement, Connection, bindparam, func, literal, select, tuple_

from exchange.messaging.register.records import RegisterEntry, RegisterSide
from exchange.messaging.register.tables import register
from exchange.schemas import DocumentKind
from exchange.store.bulk import adding
from exchange.store.statements import values_of

_r = register.c
_NAMES = tuple(field.name for field in fields(RegisterEntry))
_ROWS = select(*(_r[name] for name in _NAMES))
_KNOWN = select(_r.direction, _r.sender, _r.message_id).where(_r.message_id.in_(bindparam("ids", expanding=True)))
_AMONG = _ROWS.where(_r.message_id.in_(bindparam("ids", expanding=True)))
"""By the ids alone: a database without statistics takes an index by direction for the better one, and reads it all."""
_LAST = select(func.max(_r.number)).where(_r.direction == bindparam("side"), _r.year == bindparam("of"))
_ADD = adding(register, *_NAMES)


class Register:
    """What came and what went, numbered within each year."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._planned: list[RegisterEntry] = []

    def plan(self, entry: RegisterEntry) -> None:
        """Have a document entered by the next `write`, with a number of its year instead of `UNNUMBERED`."""
        self._planned.append(entry)

    def write(self) -> None:
        """Enter what is planned, in order, by few statements: a batch brings hundreds.

        Each has the next number of its year; one that is in the register keeps the number that it has.
        """
        planned, self._planned = self._planned, []
        if not planned:
            return
        known = {
            (row.direction, row.sender, row.message_id)
            for row in self._db.execute(_KNOWN, {"ids": [entry.message_id for entry in planned]})
        }
        last: dict[tuple[RegisterSide, int], int] = {}
        rows = []
        for entry in planned:
            if (entry.direction, entry.sender, entry.message_id) in known:
                continue
            known.add((entry.direction, entry.sender, entry.message_id))
            here = entry.direction, entry.year
            last[here] = 1 + (last[here] if here in last else self._last(*here))
            rows.append(values_of(replace(entry, number=last[here])))
        _ADD.run(self._db, rows)

    def _last(self, direction: RegisterSide, year: int) -> int:
        return self._db.scalar(_LAST, {"side": direction, "of": year}) or 0

    def of(self, direction: RegisterSide, sender: str, message_id: str) -> RegisterEntry | None:
        """Return the entry of a message; None where it is not in the register."""
        one = (_r.message_id == message_id, _r.sender == sender, _r.direction == direction)
        row = self._db.execute(_ROWS.where(*one)).first()
        return RegisterEntry(*row) if row else None

    def among(
        self, direction: RegisterSide, letters: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], RegisterEntry]:  # fmt: skip
        """Return the entries of several messages, by their senders and message ids."""
        ids = {"ids": [message_id for _, message_id in letters]}
        rows = [RegisterEntry(*row) for row in self._db.execute(_AMONG, ids)] if letters else []
        found = {(one.sender, one.message_id): one for one in rows if one.direction is direction}
        return {key: one for key, one in found.items() if key in set(letters)}

    def page(
        self, direction: RegisterSide, year: int, kind: DocumentKind | None, behind: int, limit: int
    ) -> list[RegisterEntry]:
        """Return a page of one year's entries in one direction, by number, behind a number."""
        query = _ROWS.where(*_in(direction, year, kind), _r.number > behind).order_by(_r.number).limit(limit)
        return [RegisterEntry(*row) for row in self._db.execute(query)]

    def below(self, direction: RegisterSide, before: tuple[int, int], limit: int) -> list[RegisterEntry]:
        """Return the entries in one direction that come before a year and number, newest first."""
        year, number = before
        place = tuple_(_r.year, _r.number) < tuple_(literal(year), literal(number))
        query = _ROWS.where(_r.direction == direction, place).order_by(_r.year.desc(), _r.number.desc()).limit(limit)
        return [RegisterEntry(*row) for row in self._db.execute(query)]

    def latest(
        self, direction: RegisterSide, year: int, kind: DocumentKind | None, limit: int
    ) -> tuple[list[RegisterEntry], int]:
        """Return the last entries of one year in one direction, by number, and how many there are."""
        here = _in(direction, year, kind)
        number = self._db.scalar(select(func.count()).select_from(register).where(*here)) or 0
        query = _ROWS.where(*here).order_by(_r.number.desc()).limit(limit)
        return [RegisterEntry(*row) for row in self._db.execute(query)][::-1], number


def _in(direction: RegisterSide, year: int, kind: DocumentKind | None) -> tuple[ColumnElement[bool], ...]:
    here: tuple[ColumnElement[bool], ...] = (_r.direction == direction, _r.year == year)
    return here if kind is None else (*here, _r.kind == kind)
