"""Tables of alerts and of who was told."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from exchange.operations.troubles.kinds import AlertEvent
from exchange.store.metadata import Serial, metadata, partial_index
from exchange.store.types import EnumWord, FreeText, Instant

alert = Table(
    "alert",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("key", String(300), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("chinese", FreeText, nullable=False),
    Column("english", FreeText, nullable=False),
    Column("page", String(200), nullable=False),
    Column("raised_at", Instant, nullable=False, index=True),
    Column("over_at", Instant),
)


STANDING = alert.c.over_at.is_(None)
Index("alert_standing", alert.c.key, unique=True, sqlite_where=STANDING, postgresql_where=STANDING)


alert_delivery = Table(
    "alert_delivery",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("alert_id", BigInteger, nullable=False, index=True),
    Column("event", EnumWord(AlertEvent, 10), nullable=False),
    Column("channel", String(80), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant),
    Column("sent_at", Instant),
    Column("last_error", FreeText),
)
partial_index("alert_delivery_due", alert_delivery.c.next_at, where=alert_delivery.c.next_at.is_not(None))
