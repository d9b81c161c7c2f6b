"""The table of what is written and not signed yet."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from exchange.store.metadata import metadata
from exchange.store.types import EnumWord, FreeText, Instant
from exchange.web.drafts.records import KeptState

kept_draft = Table(
    "kept_draft",
    metadata,
    Column("subject", String(120), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("fields", FreeText, nullable=False),
    Column("account", String(40), nullable=False),
    Column("begun_by", String(40), nullable=False),
    Column("changed_at", Instant, nullable=False, index=True),
    Column("drafters", FreeText, nullable=False, server_default="[]"),
    Column("state", EnumWord(KeptState, 20), nullable=False, server_default=KeptState.WRITTEN.value),
    Column("submitted_by", String(40)),
    Column("submitted_at", Instant),
    Column("looked_over_by", String(40)),
    Column("looked_over_at", Instant),
    Column("remark", FreeText, nullable=False, server_default=""),
)
Index("kept_draft_submitted", kept_draft.c.state, kept_draft.c.submitted_at, kept_draft.c.subject)

kept_draft_file = Table(
    "kept_draft_file",
    metadata,
    Column("subject", String(120), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name", FreeText, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
