"""The table of who at a provider is which account."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from exchange.store.metadata import metadata
from exchange.store.types import FreeText, Instant

account_subject = Table(
    "account_subject",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("issuer", FreeText, nullable=False),
    Column("subject", FreeText, nullable=False),
    Column("account", String(40), nullable=False),
    Column("bound_by", String(40), nullable=False),
    Column("bound_at", Instant, nullable=False),
    Index("account_subject_of", "account"),
)
"""By the digest of issuer and subject together, whatever their length."""
