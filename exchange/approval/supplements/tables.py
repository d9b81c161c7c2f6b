"""The table of requests for supplements, at a window and at a department."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, literal_column

from exchange.approval.rules.course.supplement_states import SupplementState
from exchange.store.metadata import metadata, partial_index
from exchange.store.types import EnumWord, FreeText, Instant

supplement_request = Table(
    "supplement_request",
    metadata,
    Column("window", String(120), primary_key=True),
    Column("case_number", String(64), primary_key=True),
    Column("department", String(120), primary_key=True),
    Column("state", EnumWord(SupplementState), nullable=False),
    Column("request_id", String(36), nullable=False, unique=True),
    Column("asked_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("answer_id", String(36)),
    Column("invitation_id", String(36)),
    Column("reasons", FreeText),
    Column("paper_id", String(36)),
    Column("came_at", Instant),
)
"""The key is what lets a department ask once in a case."""

TO_ANSWER = supplement_request.c.state == literal_column(f"'{SupplementState.ASKED}'")
"""Requests of which nothing was said yet. In words, so that an index of the database is found by it."""
partial_index(
    "supplement_request_asked",
    supplement_request.c.asked_at,
    supplement_request.c.case_number,
    supplement_request.c.department,
    where=TO_ANSWER,
)
