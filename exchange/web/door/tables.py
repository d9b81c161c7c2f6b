"""The tables of the console's door: accounts, one-time links, sessions, failures, the audit log."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from exchange.store.metadata import metadata
from exchange.store.types import EnumWord, Instant
from exchange.web.door.permissions import AccountRole

account = Table(
    "account",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("role", EnumWord(AccountRole), nullable=False),
    Column("password", Text),
    Column("made_at", Instant, nullable=False),
    Column("changed_at", Instant),
    Column("locked_at", Instant),
)

account_link = Table(
    "account_link",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account", String(40)),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

account_session = Table(
    "account_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account", String(40), nullable=False, index=True),
    Column("made_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False, index=True),
)

account_failure = Table(
    "account_failure",
    metadata,
    Column("name_hash", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False, index=True),
    Column("until", Instant, nullable=False),
)
