"""The table of who stands in for whom."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table

from exchange.store.metadata import metadata
from exchange.store.types import FreeText, Instant

stand_in = Table(
    "stand_in",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("absent", String(40), nullable=False),
    Column("stand_in", String(40), nullable=False),
    Column("since", String(10), nullable=False),
    Column("until", String(10), nullable=False),
    Column("matters", FreeText, nullable=False),
    Column("recorded_by", String(40), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", String(40)),
)
"""Days as 2026-03-31, so that they compare as text; codes of matters, which have no blanks, between blanks."""
Index("stand_in_until", stand_in.c.until, stand_in.c.number)
Index("stand_in_by", stand_in.c.stand_in, stand_in.c.until)
