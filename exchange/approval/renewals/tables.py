"""The table of renewals at a window."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from exchange.approval.rules.renewal import RenewalState
from exchange.store.metadata import metadata, partial_index
from exchange.store.types import EnumWord, Instant

renewal = Table(
    "renewal",
    metadata,
    Column("portal", String(120), primary_key=True),
    Column("number", String(40), primary_key=True),
    Column("licence", String(80), nullable=False),
    Column("state", EnumWord(RenewalState), nullable=False),
    Column("in_time", Boolean, nullable=False),
    Column("days", Integer, nullable=False),
    Column("look_at", Instant),
    Column("authorisation_id", String(36)),
    Column("decision_id", String(36)),
    Column("settled_at", Instant),
    Index("renewal_licence", "licence", "state"),
)

TO_LOOK_AT = renewal.c.look_at.is_not(None)
partial_index("renewal_to_look_at", renewal.c.look_at, where=TO_LOOK_AT)
