"""Sessions of applicants, within one transaction."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from exchange.store.statements import values_of
from exchange.web.access.records import NumberSessionRow
from exchange.web.access.tables import number_session

_s = number_session.c
_COLUMNS = [_s[field.name] for field in fields(NumberSessionRow)]


class NumberSessions:
    """Who has given which number's code."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, row: NumberSessionRow) -> None:
        self._db.execute(insert(number_session).values(values_of(row)))

    def get(self, token_hash: str) -> NumberSessionRow | None:
        row = self._db.execute(select(*_COLUMNS).where(_s.token_hash == token_hash)).first()
        return NumberSessionRow(*row) if row else None

    def seen(self, token_hash: str, now: datetime) -> None:
        self._db.execute(update(number_session).where(_s.token_hash == token_hash).values(seen_at=now))

    def end(self, token_hash: str) -> None:
        self._db.execute(delete(number_session).where(_s.token_hash == token_hash))

    def sweep(self, now: datetime) -> None:
        """Delete those that are over."""
        self._db.execute(delete(number_session).where(_s.ends_at <= now))
