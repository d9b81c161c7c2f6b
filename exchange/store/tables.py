"""Tables of the kernel: the journal, and what is kept by name."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, String, Table, Text

from exchange.store.metadata import Serial, metadata
from exchange.store.types import Instant

journal = Table(
    "journal",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("event", String(60), nullable=False),
    Column("case_number", String(64), index=True),
    Column("message_id", String(36), index=True),
    Column("detail", Text, nullable=False),
    Column("message_digest", LargeBinary),
)


meta = Table("meta", metadata, Column("key", String(200), primary_key=True), Column("value", Text, nullable=False))
