"""The table of what is written and not signed yet."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from exchange.store.metadata import metadata
from exchange.store.types import FreeText, Instant

kept_draft = Table(
    "kept_draft",
    metadata,
    Column("subject", String(120), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("fields", FreeText, nullable=False),
    Column("account", String(40), nullable=False),
    Column("begun_by", String(40), nullable=False),
    Column("changed_at", Instant, nullable=False, index=True),
)
