"""Table of the batches of receipts that are begun and not signed yet."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table

from exchange.store.metadata import metadata

owed_batch = Table(
    "owed_batch",
    metadata,
    Column("sender", String(120), primary_key=True),
    Column("receipt_id", String(36), nullable=False),
    Column("behind", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
)
