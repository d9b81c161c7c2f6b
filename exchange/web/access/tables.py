"""The table of sessions in which applicants work on one number."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from exchange.store.metadata import metadata
from exchange.store.types import Instant

number_session = Table(
    "number_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("number", String(40), nullable=False, index=True),
    Column("made_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False, index=True),
)
