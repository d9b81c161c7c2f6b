"""Tables of collected forms."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, String, Table, Text

from exchange.store.metadata import metadata, partial_index
from exchange.store.types import FreeText, Instant

collection = Table(
    "collection",
    metadata,
    Column("notice_id", String(36), primary_key=True),
    Column("form", Text, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("changed", Boolean, nullable=False),
)
partial_index("collection_changed", collection.c.notice_id, where=collection.c.changed)


collection_answer = Table(
    "collection_answer",
    metadata,
    Column("notice_id", String(36), primary_key=True),
    Column("body", String(120), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("proof", String(64), nullable=False),
    Column("proof_id", String(36), nullable=False),
    Column("answer", FreeText, nullable=False),
)


collection_branch = Table(
    "collection_branch",
    metadata,
    Column("notice_id", String(36), primary_key=True),
    Column("domain", String(120), primary_key=True),
    Column("serial", Integer, nullable=False),
    Column("aggregate", FreeText),
)
