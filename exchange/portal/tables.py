"""The tables of a portal: drafts and their files."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, literal_column

from exchange.portal.states import DraftState
from exchange.store.metadata import metadata, partial_index
from exchange.store.types import EnumWord, FreeText, Instant

draft = Table(
    "draft",
    metadata,
    Column("number", String(40), primary_key=True),
    Column("state", EnumWord(DraftState), nullable=False),
    Column("matter", String(64), nullable=False),
    Column("matter_version", String(32), nullable=False),
    Column("code_hash", String(200), nullable=False),
    Column("entered", FreeText, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("filing_id", String(36), unique=True),
    Column("kept_until", Instant),
    Column("emptied_at", Instant),
)

STILL_OPEN = draft.c.state == literal_column(f"'{DraftState.OPEN}'")
"""Drafts that were not handed in yet. In words, so that an index of the database is found by it."""
partial_index("draft_ending", draft.c.ends_at, where=STILL_OPEN)

STILL_KEPT = draft.c.kept_until.isnot(None) & draft.c.emptied_at.is_(None)
"""Cases that have ended, whose files are still here."""
partial_index("draft_kept", draft.c.kept_until, where=STILL_KEPT)

draft_file = Table(
    "draft_file",
    metadata,
    Column("file_id", String(36), primary_key=True),
    Column("number", String(40), nullable=False),
    Column("position", Integer, nullable=False),
    Column("material", String(64), nullable=False),
    Column("name", FreeText, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("scanned", String(80), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("claim", Text),
    Index("draft_file_of", "number", "position"),
)

shown_figures = Table(
    "shown_figures",
    metadata,
    Column("matter", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("figures", Text, nullable=False),
)
"""The latest figures of each matter that the window has told, for the public."""

claim_removal = Table(
    "claim_removal",
    metadata,
    Column("object_key", String(64), primary_key=True),
    Column("parts", Integer, nullable=False),
    Column("number", String(40), nullable=False),
    Column("since", Instant, nullable=False),
)
"""What is to be removed from the claim store."""

shown_matter = Table(
    "shown_matter",
    metadata,
    Column("matter", String(64), primary_key=True),
    Column("version", String(32), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("content", Text, nullable=False),
)
"""Every version of a matter that the public was told of."""
