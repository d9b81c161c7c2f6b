"""The table of views that accounts keep."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from exchange.store.metadata import metadata
from exchange.store.types import FreeText

saved_view = Table(
    "saved_view",
    metadata,
    Column("account", String(40), primary_key=True),
    Column("place", String(80), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("query", FreeText, nullable=False),
)
