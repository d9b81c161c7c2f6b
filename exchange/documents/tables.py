"""The tables of documents: a row a request, one for each authority that passed it on, for each reader, and for what
was sent back or filed."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table

from exchange.documents.rules.circulation import CirculationState
from exchange.documents.rules.handling import HandlingState
from exchange.documents.rules.request_states import RequestSeat, RequestState
from exchange.store.metadata import metadata
from exchange.store.types import EnumWord, FreeText, Instant

request = Table(
    "request",
    metadata,
    Column("request_id", String(36), primary_key=True),
    Column("seat", EnumWord(RequestSeat, 8), nullable=False),
    Column("state", EnumWord(RequestState, 12), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("origin", String(120)),
    Column("source", String(120)),
    Column("message_id", String(36)),
    Column("digest", String(64)),
    Column("path", FreeText, nullable=False),
    Column("answered_by", String(120)),
    Column("answer_id", String(36)),
    Column("answered_at", Instant),
    Index("request_page", "seat", "state", "recorded_at", "request_id"),
    Index("request_recent", "recorded_at", "request_id"),
)

request_forward = Table(
    "request_forward",
    metadata,
    Column("request_id", String(36), primary_key=True),
    Column("passed_by", String(120), primary_key=True),
    Column("passed_to", String(120), nullable=False),
    Column("position", Integer, nullable=False),
    Column("message_id", String(36), nullable=False),
    Column("passed_at", Instant, nullable=False),
)

circulation = Table(
    "circulation",
    metadata,
    Column("message_id", String(36), primary_key=True),
    Column("sender", String(120), primary_key=True),
    Column("officer", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("put_by", FreeText, nullable=False),
    Column("put_at", Instant, nullable=False),
    Column("state", EnumWord(CirculationState, 8), nullable=False),
    Column("read_at", Instant),
)

document_handling = Table(
    "document_handling",
    metadata,
    Column("message_id", String(36), primary_key=True),
    Column("sender", String(120), primary_key=True),
    Column("handled_by", String(120), primary_key=True),
    Column("state", EnumWord(HandlingState, 12), nullable=False),
    Column("handled_at", Instant, nullable=False),
    Column("officer", FreeText, nullable=False),
    Column("reason", FreeText, nullable=False),
    Column("return_id", String(36)),
    Index("document_handling_page", "state", "handled_at", "message_id"),
)
