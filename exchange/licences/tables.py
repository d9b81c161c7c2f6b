"""The tables of the register of licences."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, UniqueConstraint

from exchange.licences.rules.entering import LicenceState
from exchange.schemas import LicenceChange
from exchange.store.metadata import metadata
from exchange.store.types import EnumWord, FreeText, Instant

licence = Table(
    "licence",
    metadata,
    Column("issuer", String(120), primary_key=True),
    Column("number", String(80), primary_key=True),
    Column("state", EnumWord(LicenceState), nullable=False),
    Column("matter", String(64), nullable=False),
    Column("case_number", String(64), nullable=False),
    Column("shown_name", FreeText, nullable=False),
    Column("shown_code", FreeText, nullable=False),
    Column("identifier", FreeText, nullable=False),
    Column("message_id", String(36), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("code", String(16), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("entries", Integer, nullable=False),
    UniqueConstraint("issuer", "case_number", name="licence_of_case"),
    Index("licence_recent", "issued_at", "number", "issuer"),
    Index("licence_digest", "digest"),
    Index("licence_identifier", "identifier"),
    Index("licence_number", "number", "issuer"),
    Index("licence_shown_code", "shown_code", "issued_at", "number", "issuer"),
)

licence_entry = Table(
    "licence_entry",
    metadata,
    Column("issuer", String(120), primary_key=True),
    Column("number", String(80), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("change", EnumWord(LicenceChange), nullable=False),
    Column("message_id", String(36), nullable=False),
)
"""Entries are only ever appended."""

licence_part = Table(
    "licence_part",
    metadata,
    Column("part", String(4), primary_key=True),
    Column("issued_at", Instant, primary_key=True),
    sqlite_with_rowid=False,
)
"""By which licences of a moment are found by words of what is shown of them: the latest that have a part, in order.

A part may be left of a holder that was shown before, so that each licence is looked at; parts of nothing else are here.
"""

licence_told = Table(
    "licence_told",
    metadata,
    Column("number", String(80), primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("message_id", String(36), primary_key=True),
    sqlite_with_rowid=False,
)
"""By which answer it was told of a licence, or that there is none of its number."""
