"""The table of periodic work that fails."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from exchange.store.metadata import metadata
from exchange.store.types import Instant

failing_work = Table(
    "failing_work",
    metadata,
    Column("work", String(40), primary_key=True),
    Column("item", String(200), primary_key=True),
    Column("error", String(80), nullable=False),
    Column("since", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
)
