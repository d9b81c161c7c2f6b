"""The register of documents; entries are only ever appended. The writers of a member take turns, so numbers have no gap
and none is given twice.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select

from exchange.messaging.register.records import RegisterEntry, RegisterSide
from exchange.messaging.register.tables import register
from exchange.schemas import DocumentKind
from exchange.store.statements import values_of

_r = register.c
_ROWS = select(*(_r[field.name] for field in fields(RegisterEntry)))


class Register:
    """What came and what went, numbered within each year."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def enter(
        self,
        direction: RegisterSide,
        at: datetime,
        sender: str,
        message_id: str,
        kind: DocumentKind,
        document_number: str,
        title: str,
        correspondents: str,
    ) -> RegisterEntry:
        """Give a document the next number of the year of ``at``, in that moment's own time zone; one that is in the
        register keeps the number that it has.
        """
        present = self.of(direction, sender, message_id)
        if present is not None:
            return present
        here = (_r.direction == direction, _r.year == at.year)
        last = self._db.scalar(select(func.max(_r.number)).where(*here)) or 0
        entry = RegisterEntry(
            direction, at.year, last + 1, at, sender, message_id, kind, document_number, title, correspondents
        )
        self._db.execute(insert(register).values(**values_of(entry)))
        return entry

    def of(self, direction: RegisterSide, sender: str, message_id: str) -> RegisterEntry | None:
        """Return the entry of a message; None where it is not in the register."""
        one = (_r.message_id == message_id, _r.sender == sender, _r.direction == direction)
        row = self._db.execute(_ROWS.where(*one)).first()
        return RegisterEntry(*row) if row else None

    def page(
        self, direction: RegisterSide, year: int, kind: DocumentKind | None, behind: int, limit: int
    ) -> list[RegisterEntry]:
        """Return a page of one year's entries in one direction, by number, behind a number."""
        query = _ROWS.where(*_in(direction, year, kind), _r.number > behind).order_by(_r.number).limit(limit)
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
