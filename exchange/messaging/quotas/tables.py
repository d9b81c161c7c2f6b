"""The table of breakers: whose messages a member keeps out, and since when."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table

from exchange.messaging.rules.breaker import Breach, BreakerState
from exchange.store.metadata import metadata
from exchange.store.types import EnumWord, FreeText, Instant

sender_breaker = Table(
    "sender_breaker",
    metadata,
    Column("source", String(255), primary_key=True),
    Column("state", EnumWord(BreakerState, 12), nullable=False),
    Column("breach", EnumWord(Breach, 12), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("until_at", Instant, nullable=False),
    Column("times", Integer, nullable=False),
    Column("shed", BigInteger, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", FreeText),
)
