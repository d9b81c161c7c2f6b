"""Table of the register of documents."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, UniqueConstraint

from exchange.messaging.register.records import RegisterSide
from exchange.schemas import DocumentKind
from exchange.store.metadata import metadata
from exchange.store.types import EnumWord, FreeText, Instant

register = Table(
    "register",
    metadata,
    Column("direction", EnumWord(RegisterSide, 8), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("sender", String(120), nullable=False),
    Column("message_id", String(36), nullable=False),
    Column("kind", EnumWord(DocumentKind, 8), nullable=False),
    Column("document_number", FreeText, nullable=False),
    Column("title", FreeText, nullable=False),
    Column("correspondents", FreeText, nullable=False),
    UniqueConstraint("message_id", "sender", "direction"),
)
