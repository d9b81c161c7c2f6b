"""The tables of what an account is told beyond the pages."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, literal_column

from exchange.language import Language
from exchange.store.metadata import metadata, partial_index
from exchange.store.types import EnumWord, FreeText, Instant
from exchange.web.telling.states import MailWish, OfficerLetterKind, OfficerLetterState, OfficerMailState

calendar_subscription = Table(
    "calendar_subscription",
    metadata,
    Column("account", String(40), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("language", EnumWord(Language, 8), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("read_at", Instant),
)

officer_mail = Table(
    "officer_mail",
    metadata,
    Column("account", String(40), primary_key=True),
    Column("address", FreeText, nullable=False),
    Column("language", EnumWord(Language, 8), nullable=False),
    Column("wish", EnumWord(MailWish, 12), nullable=False),
    Column("state", EnumWord(OfficerMailState, 12), nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("site", FreeText, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("told_on", String(10), nullable=False),
)

officer_letter = Table(
    "officer_letter",
    metadata,
    Column("letter_id", String(36), primary_key=True),
    Column("account", String(40), nullable=False),
    Column("kind", EnumWord(OfficerLetterKind, 12), nullable=False),
    Column("language", EnumWord(Language, 8), nullable=False),
    Column("address", FreeText, nullable=False),
    Column("subject", FreeText, nullable=False),
    Column("text", FreeText, nullable=False),
    Column("state", EnumWord(OfficerLetterState, 12), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("made_at", Instant, nullable=False, index=True),
    Column("settled_at", Instant),
    Column("last_error", FreeText),
    Index("officer_letter_of", "account", "made_at"),
)

STILL_WAITING = officer_letter.c.state == literal_column(f"'{OfficerLetterState.WAITING}'")
"""In words, so that an index of the database is found by it."""
partial_index("officer_letter_due", officer_letter.c.next_at, where=STILL_WAITING)
