"""Tables of API tokens, of webhooks, and of what is delivered to them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from exchange.operations.systems.webhooks import DeliveryState
from exchange.store.metadata import metadata
from exchange.store.types import EnumWord, FreeText, Instant

api_token = Table(
    "api_token",
    metadata,
    Column("token_id", String(16), primary_key=True),
    Column("member", String(120), nullable=False),
    Column("name", FreeText, nullable=False),
    Column("scopes", String(120), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("made_by", FreeText, nullable=False),
    Column("made_at", Instant, nullable=False, index=True),
    Column("expires_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("revoked_at", Instant),
    Column("revoked_by", FreeText),
)


webhook = Table(
    "webhook",
    metadata,
    Column("webhook_id", String(36), primary_key=True),
    Column("member", String(120), nullable=False, index=True),
    Column("url", FreeText, nullable=False),
    Column("events", String(200), nullable=False),
    Column("secret", String(80), nullable=False),
    Column("made_at", Instant, nullable=False, index=True),
    Column("position", BigInteger, nullable=False),
    Column("failing_since", Instant),
    Column("disabled_at", Instant),
    Column("last_error", FreeText),
    Column("succeeded_at", Instant),
    Column("previous_secret", String(80)),
    Column("previous_until", Instant),
)


webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    Column("delivery_id", String(36), primary_key=True),
    Column("webhook_id", String(36), nullable=False),
    Column("event", String(40), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", EnumWord(DeliveryState, 12), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("last_error", FreeText),
)


_c = webhook_delivery.c
Index("webhook_delivery_list", _c.webhook_id, _c.made_at, _c.delivery_id)
for _name, _column, _where in (
    ("webhook_delivery_due", _c.next_at, _c.state == DeliveryState.WAITING),
    ("webhook_delivery_settled", _c.settled_at, _c.state != DeliveryState.WAITING),
):
    Index(_name, _column, sqlite_where=_where, postgresql_where=_where)
