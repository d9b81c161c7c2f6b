"""The table of hearings at a window."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from exchange.approval.hearings.states import HearingState
from exchange.store.metadata import metadata
from exchange.store.types import EnumWord, FreeText, Instant

hearing = Table(
    "hearing",
    metadata,
    Column("case_number", String(64), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("state", EnumWord(HearingState), nullable=False),
    Column("held_at", Instant, nullable=False),
    Column("place", FreeText, nullable=False),
    Column("chair", FreeText, nullable=False),
    Column("called_at", Instant, nullable=False),
    Column("requested_at", Instant),
    Column("notice_id", String(36), nullable=False),
    Column("record_id", String(36)),
    Column("ended_at", Instant),
)
