"""The table of filings at a window."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, literal_column

from exchange.approval.filings.states import FilingState
from exchange.schemas import AcceptanceOutcome, FilingChannel
from exchange.store.metadata import metadata, partial_index
from exchange.store.types import EnumWord, FreeText, Instant

filing = Table(
    "filing",
    metadata,
    Column("portal", String(120), primary_key=True),
    Column("number", String(40), primary_key=True),
    Column("state", EnumWord(FilingState), nullable=False),
    Column("matter", String(64), nullable=False),
    Column("matter_version", String(32), nullable=False),
    Column("channel", EnumWord(FilingChannel), nullable=False),
    Column("filing_id", String(36), nullable=False),
    Column("last_id", String(36), nullable=False),
    Column("applicant", FreeText, nullable=False),
    Column("project", FreeText, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("complete_at", Instant, nullable=False),
    Column("tell_by", Instant),
    Column("told_at", Instant),
    Column("ended_at", Instant),
    Column("outcome", EnumWord(AcceptanceOutcome)),
    Column("acceptance_id", String(36)),
    Column("case_number", String(64), unique=True),
    Column("serial", Integer, nullable=False),
    Column("told", String(64)),
    Column("changed_at", Instant),
    Column("served_id", String(36)),
    Column("hearing_at", Instant),
    Index("filing_number", "number"),
    Index("filing_recent", "received_at", "portal", "number"),
    Index("filing_state_recent", "state", "received_at", "portal", "number"),
)

TO_ACCEPT = filing.c.state == literal_column(f"'{FilingState.RECEIVED}'")
"""Filings that the window has said nothing of yet. In words, so that an index of the database is found by it."""
partial_index("filing_to_accept", filing.c.complete_at, where=TO_ACCEPT)

CHANGED = filing.c.changed_at.is_not(None)
partial_index("filing_changed", filing.c.changed_at, where=CHANGED)
