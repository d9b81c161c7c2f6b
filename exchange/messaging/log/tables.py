"""Tables of a member's log: tiles of hashes, and heads as they were signed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table

from exchange.store.metadata import metadata
from exchange.store.types import Instant

log_tile = Table(
    "log_tile",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)

log_head = Table(
    "log_head",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("last_id", BigInteger, nullable=False),
    Column("signed", LargeBinary, nullable=False),
    Column("root_signature", LargeBinary, nullable=False),
    Column("issued_at", Instant, nullable=False),
)
