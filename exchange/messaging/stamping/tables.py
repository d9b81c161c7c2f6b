"""The table of time-stamps over heads."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table

from exchange.store.metadata import metadata
from exchange.store.types import Instant

log_stamp = Table(
    "log_stamp",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("token", LargeBinary, nullable=False),
    Column("authority", String(200), nullable=False),
    Column("stamped_at", Instant, nullable=False),
)
