"""Time-stamps on record: one for a head, as its authority sent it; and why none is had at present."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from exchange.messaging.stamping.tables import log_stamp
from exchange.store.statements import values_of


@dataclass(frozen=True)
class KeptStamp:
    """A time-stamp as it is kept."""

    size: int
    """Of the head that it is over."""
    token: bytes
    """TimeStampResp (RFC 3161, section 2.4.2), as it came."""
    authority: str
    """Whom its certificate names; nobody has vouched for that yet."""
    stamped_at: datetime
    """By the authority's clock."""


_s = log_stamp.c
_STAMPS = select(*(_s[field.name] for field in fields(KeptStamp)))
_NEWEST = _STAMPS.order_by(_s.size.desc()).limit(1)
_OVER = _STAMPS.where(_s.size > bindparam("index")).order_by(_s.size).limit(1)


class LogStamps:
    """The time-stamps of a member's log, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def newest(self) -> KeptStamp | None:
        """Return the one over the most entries; None where there is none."""
        row = self._db.execute(_NEWEST).first()
        return KeptStamp(*row) if row is not None else None

    def first_over(self, index: int) -> KeptStamp | None:
        """Return the earliest one over a head that has the entry at this index."""
        row = self._db.execute(_OVER, {"index": index}).first()
        return KeptStamp(*row) if row is not None else None

    def add(self, stamp: KeptStamp) -> None:
        """Keep one; it is never changed or removed."""
        self._db.execute(insert(log_stamp).values(values_of(stamp)))
