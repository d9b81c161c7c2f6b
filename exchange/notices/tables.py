"""Tables of notices, their readers, copies and branches, and of the forms that come with them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.schemas import ReaderState
from exchange.store.metadata import metadata, partial_index
from exchange.store.types import EnumWord, FreeText, Instant

notice = Table(
    "notice",
    metadata,
    Column("notice_id", String(36), primary_key=True),
    Column("seat", EnumWord(NoticeSeat, 8), nullable=False),
    Column("state", EnumWord(NoticeState, 12), nullable=False),
    Column("origin", String(120), nullable=False),
    Column("source", String(120), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("title", FreeText, nullable=False),
    Column("number", FreeText, nullable=False),
    Column("treatment", String(16), nullable=False),
    Column("audience", FreeText, nullable=False),
    Column("forwarding_id", String(36), nullable=False, index=True),
    Column("received_at", Instant, nullable=False),
    Column("act_by", String(10)),
    Column("urgency", String(16), nullable=False),
    Column("settled_at", Instant),
    Column("reason", FreeText),
    Column("serial", Integer, nullable=False),
    Column("changed", Boolean, nullable=False),
    Column("reminded", Integer, nullable=False),
    Column("replaces", String(36)),
)
partial_index("notice_replacing", notice.c.replaces, where=notice.c.replaces.is_not(None))
partial_index("notice_changed", notice.c.received_at, where=notice.c.changed)
Index("notice_received", notice.c.received_at, notice.c.notice_id)
Index("notice_recent", notice.c.seat, notice.c.state, notice.c.received_at, notice.c.notice_id)
Index("notice_by_day", notice.c.seat, notice.c.state, notice.c.act_by, notice.c.notice_id)
partial_index(
    "notice_undated", notice.c.seat, notice.c.state, notice.c.received_at, notice.c.notice_id,
    where=notice.c.act_by.is_(None),
)  # fmt: skip


notice_reader = Table(
    "notice_reader",
    metadata,
    Column("notice_id", String(36), primary_key=True),
    Column("address", String(120), primary_key=True),
    Column("state", EnumWord(ReaderState, 8), nullable=False),
    Column("has_at", Instant),
    Column("settled_at", Instant),
    Column("reason", FreeText),
    Column("proof", String(64)),
    Column("proof_id", String(36)),
)


notice_copy = Table(
    "notice_copy",
    metadata,
    Column("message_id", String(36), primary_key=True),
    Column("notice_id", String(36), nullable=False),
)


notice_branch = Table(
    "notice_branch",
    metadata,
    Column("notice_id", String(36), primary_key=True),
    Column("domain", String(120), primary_key=True),
    Column("serial", Integer, nullable=False),
    Column("tally", Text),
)


collection = Table(
    "collection",
    metadata,
    Column("notice_id", String(36), primary_key=True),
    Column("form", Text, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("changed", Boolean, nullable=False),
    Column("answer_by", String(10)),
)
partial_index("collection_changed", collection.c.notice_id, where=collection.c.changed)
partial_index(
    "collection_awaited", collection.c.answer_by, collection.c.notice_id, where=collection.c.answer_by.is_not(None)
)


collection_answer = Table(
    "collection_answer",
    metadata,
    Column("notice_id", String(36), primary_key=True),
    Column("body", String(120), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("proof", String(64), nullable=False),
    Column("proof_id", String(36), nullable=False),
    Column("answer", FreeText, nullable=False),
)


collection_branch = Table(
    "collection_branch",
    metadata,
    Column("notice_id", String(36), primary_key=True),
    Column("domain", String(120), primary_key=True),
    Column("serial", Integer, nullable=False),
    Column("aggregate", FreeText),
)
