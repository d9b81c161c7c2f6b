"""Restorations of logs in a member's database: of the own log, and of those that others have told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from exchange.audit.log.restorations import LogRestoration, SignedRestoration, read_restoration
from exchange.envelope import Trust
from exchange.errors import SenderError
from exchange.messaging.log.tables import log_restoration

_r = log_restoration.c


@dataclass(frozen=True)
class KeptRestoration:
    """A restoration as it is kept."""

    origin: str
    restored_at: datetime
    size: int
    """Entries that were there again."""
    signed: bytes
    seen_size: int
    """Entries of the longest head from before that somebody was seen to hold: those from `size` on are gone."""

    @property
    def lost(self) -> int:
        """Return how many entries are known to be gone."""
        return self.seen_size - self.size


class LogRestorations:
    """All of them, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, body: LogRestoration, signed: bytes) -> bool:
        """Keep a restoration; False where it is kept already."""
        here = (_r.origin == body.origin, _r.restored_at == body.restored_at)
        if self._db.scalar(select(func.count()).select_from(log_restoration).where(*here)):
            return False
        told = {"origin": body.origin, "restored_at": body.restored_at, "size": body.size, "signed": signed}
        self._db.execute(insert(log_restoration).values(**told, seen_size=body.size))
        return True

    def of(self, origin: str) -> list[KeptRestoration]:
        """Return those of a member's log, the first one first."""
        rows = self._db.execute(select(log_restoration).where(_r.origin == origin).order_by(_r.restored_at))
        return [KeptRestoration(row.origin, row.restored_at, row.size, row.signed, row.seen_size) for row in rows]

    def verified(self, origin: str, trust: Trust) -> list[SignedRestoration]:
        """Return those of a member's log as they verify now."""
        found = []
        for one in self.of(origin):
            try:
                found.append(read_restoration(one.signed, trust))
            except SenderError:  # whoever has the database may have changed it: then it explains nothing
                continue
        return found

    def all(self) -> list[KeptRestoration]:
        """Return all of them, by member and moment."""
        rows = self._db.execute(select(log_restoration).order_by(_r.origin, _r.restored_at))
        return [KeptRestoration(row.origin, row.restored_at, row.size, row.signed, row.seen_size) for row in rows]

    def seen(self, one: LogRestoration, size: int) -> bool:
        """Note that a head from before has so many entries; False where as long a one was seen before."""
        here = (_r.origin == one.origin, _r.restored_at == one.restored_at, _r.seen_size < size)
        return bool(self._db.execute(update(log_restoration).where(*here).values(seen_size=size)).rowcount)
