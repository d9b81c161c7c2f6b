"""Tables of answers under idempotency keys, and of leases on what has come."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from exchange.store.metadata import metadata
from exchange.store.types import Instant

api_answer = Table(
    "api_answer",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("given_at", Instant, nullable=False, index=True),
)

api_lease = Table(
    "api_lease",
    metadata,
    Column("message_id", String(36), primary_key=True),
    Column("sender", String(120), primary_key=True),
    Column("lease_id", String(36), nullable=False, index=True),
    Column("until", Instant, nullable=False, index=True),
    Column("acknowledged_at", Instant),
)
