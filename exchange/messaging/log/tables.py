"""Tables of a member's log: tiles of hashes, heads as they were signed; its witnesses, and what it witnesses itself."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table

from exchange.audit.log.growth import HeadStanding
from exchange.store.metadata import metadata
from exchange.store.types import EnumWord, Instant

log_tile = Table(
    "log_tile",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)

log_head = Table(
    "log_head",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("last_id", BigInteger, nullable=False),
    Column("signed", LargeBinary, nullable=False),
    Column("root_signature", LargeBinary, nullable=False),
    Column("issued_at", Instant, nullable=False),
)

log_witness = Table(
    "log_witness",
    metadata,
    Column("address", String(120), primary_key=True),
    Column("chosen_at", Instant, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("offered_at", Instant),
)

log_cosignature = Table(
    "log_cosignature",
    metadata,
    Column("witness", String(120), primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("signed", LargeBinary, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

log_held = Table(
    "log_held",
    metadata,
    Column("origin", String(120), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("signed", LargeBinary, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

log_dispute = Table(
    "log_dispute",
    metadata,
    Column("origin", String(120), primary_key=True),
    Column("standing", EnumWord(HeadStanding), primary_key=True),
    Column("witness", String(120), primary_key=True),
    Column("found_at", Instant, primary_key=True),
    Column("held", LargeBinary, nullable=False),
    Column("shown", LargeBinary, nullable=False),
    Column("growth", LargeBinary, nullable=False),
    Column("settled_at", Instant),
)

log_restoration = Table(
    "log_restoration",
    metadata,
    Column("origin", String(120), primary_key=True),
    Column("restored_at", Instant, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("signed", LargeBinary, nullable=False),
    Column("seen_size", BigInteger, nullable=False),
)
