"""The console's audit log: appended to, never changed; the database itself refuses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from exchange.audit.chain import EMPTY, AuditEntry, ChainHead, append, parse_head
from exchange.audit.source import Source
from exchange.errors import BadAudit
from exchange.operations.audit.tables import audit_entry
from exchange.store.statements import values_of
from exchange.store.tables import meta
from exchange.store.types import printable

_e = audit_entry.c
_ENTRIES = select(*(_e[field.name] for field in fields(AuditEntry)))
_HEAD = "audit-head"
"""Under which the newest entry's place and hash are kept apart, so that a log whose end was cut off is found."""

_AT_ONCE = 1000
_LONGEST = 500
"""Characters of what an entry tells; ids and reasons are shorter."""


class AuditLog:
    """The entries, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def head(self) -> ChainHead:
        kept = self._db.scalar(select(meta.c.value).where(meta.c.key == _HEAD))
        if kept is None:
            return EMPTY
        try:
            return parse_head(kept)
        except ValueError as error:
            raise BadAudit("the audit log's head does not verify: {error}", error=error) from None

    def hash_at(self, seq: int) -> str | None:
        """Return the hash of an entry; None where there is none of this number."""
        return self._db.scalar(select(_e.hash).where(_e.seq == seq))

    def append(self, at: datetime, account: str, action: str, what: str, outcome: str, source: Source) -> AuditEntry:
        told = printable(what)[:_LONGEST]
        came = replace(source, origin=printable(source.origin)[:_LONGEST])
        entry = append(self.head(), at, account[:40], action[:40], told, outcome[:80], came)
        self._db.execute(insert(audit_entry).values(values_of(entry)))
        head = str(ChainHead(entry.seq, entry.hash))
        if not self._db.execute(update(meta).where(meta.c.key == _HEAD).values(value=head)).rowcount:
            self._db.execute(insert(meta).values(key=_HEAD, value=head))
        return entry

    def page(
        self,
        before: int | None,
        account: str | None,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        source: str | None = None,
    ) -> list[AuditEntry]:
        query = _ENTRIES.order_by(_e.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(_e.seq < before)
        if account:
            query = query.where(_e.account == account)
        if source:
            query = query.where(_e.source == source)
        if since is not None:
            query = query.where(_e.at >= since)
        if until is not None:
            query = query.where(_e.at < until)
        return [AuditEntry(*row) for row in self._db.execute(query)]

    def entries(self) -> Iterator[AuditEntry]:
        last = -1
        while rows := self._after(last):
            yield from rows
            last = rows[-1].seq

    def _after(self, seq: int) -> list[AuditEntry]:
        query = _ENTRIES.where(_e.seq > seq).order_by(_e.seq).limit(_AT_ONCE)
        return [AuditEntry(*row) for row in self._db.execute(query)]
