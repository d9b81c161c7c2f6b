"""The log in a member's database: entries that wait, hashes, heads. What is sealed is never changed here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, exc, func, insert, select, update

from exchange.audit.log.leaves import LogEntry
from exchange.audit.log.tiles import Place, Tiles
from exchange.messaging.log.tables import log_head, log_tile
from exchange.store.statements import values_of
from exchange.store.tables import journal, meta

_CLAIMED = "log-claimed"
"""Under which the migration has noted how many entries there were before the log; nothing where there were none."""
_LOCKED = "55P03"
"""PostgreSQL's code for a lock that was not had in time."""
_PATIENCE = "200ms"
_AT_ONCE = 500
"""Messages of which a database is asked at once."""


@dataclass(frozen=True)
class KeptHead:
    """A head as it is kept."""

    size: int
    last_id: int
    """Number of the newest row in it."""
    signed: bytes
    root_signature: bytes
    """Over the root alone, for receipts."""
    issued_at: datetime


_h, _t, _j = log_head.c, log_tile.c, journal.c
_HEADS = select(*(_h[field.name] for field in fields(KeptHead)))
_NEWEST = _HEADS.order_by(_h.size.desc()).limit(1)
_LAST_ROW = select(func.max(_j.id))
_TILE = select(_t.hashes).where(_t.level == bindparam("at_level"), _t.number == bindparam("at_number"))
_SET_TILE = (
    update(log_tile)
    .where(_t.level == bindparam("at_level"), _t.number == bindparam("at_number"))
    .values(hashes=bindparam("to", type_=_t.hashes.type))
)
_ENTRIES = (
    select(_j.id, _j.at, _j.event, _j.case_number, _j.message_id, _j.detail, _j.message_digest)
    .where(_j.id > bindparam("after"))
    .order_by(_j.id)
    .limit(bindparam("most"))
)
_OF_CASE = select(*_ENTRIES.selected_columns).where(_j.case_number == bindparam("number")).order_by(_j.id)
_OF_MESSAGES = (
    select(*_ENTRIES.selected_columns)
    .where(_j.message_id.in_(bindparam("ids", expanding=True)), _j.event.in_(bindparam("events", expanding=True)))
    .where(_j.id <= bindparam("until"))
    .order_by(_j.id)
)
_BETWEEN = _ENTRIES.where(_j.id <= bindparam("until"))
_AFTER = _HEADS.where(_h.size > bindparam("beyond")).order_by(_h.size).limit(bindparam("most"))
_BELOW = _HEADS.where(_h.size <= bindparam("most")).order_by(_h.size.desc()).limit(1)
_COUNTED = select(func.count()).select_from(log_head)


class MemberLog:
    """The log, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._read: dict[Place, bytes] = {}
        self.tiles = Tiles(self.tile)

    def hold_writers(self) -> bool:
        """Keep all others from writing the journal until the transaction ends; False where they do not let go in time.

        Members' own writers take turns anyway; on a server others may write too, and a lower number could be committed
        after a higher one was sealed.
        """
        if self._db.dialect.name != "postgresql":
            return True
        self._db.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
        try:
            self._db.exec_driver_sql("LOCK TABLE journal IN SHARE MODE")
        except exc.OperationalError as error:
            if getattr(error.orig, "sqlstate", None) == _LOCKED:
                return False
            raise
        return True

    def newest(self) -> KeptHead | None:
        """Return the head signed last; None before the first."""
        row = self._db.execute(_NEWEST).first()
        return KeptHead(*row) if row is not None else None

    def waiting(self) -> int:
        """Return how many numbers lie between the newest row and the newest one that is sealed."""
        head, last = self.newest(), self._db.scalar(_LAST_ROW) or 0
        return max(0, last - (head.last_id if head is not None else 0))

    def entries_after(self, number: int, most: int) -> list[LogEntry]:
        """Return the rows behind a number, in order."""
        return [LogEntry(*row) for row in self._db.execute(_ENTRIES, {"after": number, "most": most})]

    def entries_between(self, number: int, until: int, most: int) -> list[LogEntry]:
        """Return the rows behind a number and up to another one, in order."""
        found = self._db.execute(_BETWEEN, {"after": number, "until": until, "most": most})
        return [LogEntry(*row) for row in found]

    def heads_after(self, size: int, most: int) -> list[KeptHead]:
        """Return the heads over more than ``size`` entries, in order."""
        return [KeptHead(*row) for row in self._db.execute(_AFTER, {"beyond": size, "most": most})]

    def head_within(self, size: int) -> KeptHead | None:
        """Return the head with the most entries, of those with up to ``size``."""
        row = self._db.execute(_BELOW, {"most": size}).first()
        return KeptHead(*row) if row is not None else None

    def recent_heads(self, most: int) -> list[KeptHead]:
        """Return the heads signed last, the newest first."""
        return [KeptHead(*row) for row in self._db.execute(_HEADS.order_by(_h.size.desc()).limit(most))]

    def counted(self) -> int:
        """Return how many heads there are."""
        return int(self._db.scalar(_COUNTED) or 0)

    def last_entry(self) -> LogEntry | None:
        """Return the newest row."""
        row = self._db.execute(select(*_ENTRIES.selected_columns).order_by(_j.id.desc()).limit(1)).first()
        return LogEntry(*row) if row is not None else None

    def entries_of_case(self, number: str, head: KeptHead) -> list[tuple[int, LogEntry]]:
        """Return the sealed rows about a case with their places in the log, up to a head."""
        query = _OF_CASE.where(_j.id <= head.last_id)
        found = [LogEntry(*row) for row in self._db.execute(query, {"number": number})]
        return [(self._index(entry.number), entry) for entry in found]

    def entries_of_messages(
        self, message_ids: Collection[str], events: Collection[str], head: KeptHead
    ) -> list[tuple[int, LogEntry]]:
        """Return the sealed rows of some kinds that name these messages, with their places, up to a head."""
        wanted, found = list(message_ids), list[LogEntry]()
        for begin in range(0, len(wanted), _AT_ONCE):
            some = {"ids": wanted[begin : begin + _AT_ONCE], "events": list(events), "until": head.last_id}
            found += [LogEntry(*row) for row in self._db.execute(_OF_MESSAGES, some)]
        return [(self._index(entry.number), entry) for entry in found]

    def _index(self, number: int) -> int:
        """The place of a sealed row: how many are sealed before it, counted from the head before."""
        row = self._db.execute(_HEADS.where(_h.last_id < number).order_by(_h.size.desc()).limit(1)).first()
        size, last_id = (row.size, row.last_id) if row is not None else (0, None)
        between = select(func.count()).select_from(journal).where(_j.id < number)
        between = between if last_id is None else between.where(_j.id > last_id)
        return size + int(self._db.scalar(between) or 0)

    def claimed(self) -> int:
        """Return how many entries were there before the log."""
        kept = self._db.scalar(select(meta.c.value).where(meta.c.key == _CLAIMED))
        return int(kept) if kept else 0

    def tile(self, level: int, number: int) -> bytes:
        """Return the hashes of a tile; nothing where there is none."""
        place = level, number
        if place not in self._read:
            self._read[place] = self._db.scalar(_TILE, {"at_level": level, "at_number": number}) or b""
        return self._read[place]

    def keep_tiles(self, changed: Mapping[Place, bytes]) -> None:
        """Write tiles that are new or longer."""
        for (level, number), hashes in changed.items():
            here = {"at_level": level, "at_number": number}
            if not self._db.execute(_SET_TILE, {**here, "to": hashes}).rowcount:
                self._db.execute(insert(log_tile).values(level=level, number=number, hashes=hashes))
        self._read |= changed

    def add_head(self, head: KeptHead) -> None:
        """Write a head."""
        self._db.execute(insert(log_head).values(values_of(head)))
