"""The table of the audit log, in the console's own store."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from exchange.store.metadata import metadata
from exchange.store.types import FreeText, Instant

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("account", String(40), nullable=False),
    Column("action", String(40), nullable=False),
    Column("what", FreeText, nullable=False),
    Column("outcome", String(80), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("source", String(20), nullable=False, server_default=""),
    Column("origin", FreeText, nullable=False, server_default=""),
)
Index("audit_entry_of", audit_entry.c.account, audit_entry.c.seq)
Index("audit_entry_from", audit_entry.c.source, audit_entry.c.seq)
