"""The tables of what applicants are told beyond the pages."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, literal_column

from exchange.language import Language
from exchange.portal.told.states import ContactState, ToldEvent, ToldWay, WordState
from exchange.store.metadata import metadata, partial_index
from exchange.store.types import EnumWord, FreeText, Instant

told_contact = Table(
    "told_contact",
    metadata,
    Column("contact_id", String(36), primary_key=True),
    Column("number", String(40), nullable=False, index=True),
    Column("way", EnumWord(ToldWay, 12), nullable=False),
    Column("address", FreeText, nullable=False),
    Column("language", EnumWord(Language, 8), nullable=False),
    Column("state", EnumWord(ContactState, 12), nullable=False),
    Column("token", String(64), nullable=False, unique=True),
    Column("secret", String(80)),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, index=True),
    Column("case_number", String(64), index=True),
)

told_word = Table(
    "told_word",
    metadata,
    Column("word_id", String(36), primary_key=True),
    Column("contact_id", String(36), nullable=False, index=True),
    Column("number", String(40), nullable=False),
    Column("event", EnumWord(ToldEvent), nullable=False),
    Column("state", EnumWord(WordState, 12), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("settled_at", Instant, index=True),
    Column("last_error", FreeText),
)

STILL_WAITING = told_word.c.state == literal_column(f"'{WordState.WAITING}'")
"""In words, so that an index of the database is found by it."""
partial_index("told_word_due", told_word.c.next_at, where=STILL_WAITING)

told_promise = Table(
    "told_promise",
    metadata,
    Column("number", String(40), primary_key=True),
    Column("material", String(64), primary_key=True),
    Column("remind_at", Instant, nullable=False, index=True),
    Column("until", Instant, nullable=False),
)

told_asked = Table(
    "told_asked",
    metadata,
    Column("digest", String(64), nullable=False),
    Column("asked_at", Instant, nullable=False, index=True),
    Index("told_asked_of", "digest", "asked_at"),
)
"""Which address was asked when whether it wants to be told, by its digest; kept for a day, so that nobody is flooded.
"""
