"""Table of a department: consultations on its desk."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, literal_column

from exchange.approval.rules.states import DeskState
from exchange.store.metadata import metadata, partial_index
from exchange.store.types import EnumWord, FreeText, Instant

desk = Table(
    "desk",
    metadata,
    Column("case_number", String(64), primary_key=True),
    Column("window", String(120), nullable=False),
    Column("consultation_id", String(36), nullable=False),
    Column("state", EnumWord(DeskState, 20), nullable=False, index=True),
    Column("matter", String(64), nullable=False),
    Column("title", FreeText, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("cleared", Boolean, nullable=False),
    Column("opinion_id", String(36), index=True),
    Column("answered_at", Instant),
    Column("reminded", Integer, nullable=False),
    Column("rule_error", FreeText),
    Column("recall_id", String(36), index=True),
    Column("paper_by", Instant),
    Column("acts_for", String(120)),
    Column("copy_id", String(36)),
    Column("supplement_until", Instant),
    Column("holder", String(80)),
    Column("chased_at", Instant),
)


FAILED_RULES = (desk.c.state == literal_column("'waiting'")) & desk.c.rule_error.is_not(None)
"""Consultations that wait for an officer because the rule failed on them. In words, as above."""
partial_index("desk_rule_failed", desk.c.received_at, desk.c.case_number, where=FAILED_RULES)
partial_index("desk_undated", desk.c.state, desk.c.case_number, where=desk.c.due_at.is_(None))
Index("desk_due", desk.c.state, desk.c.due_at, desk.c.case_number)
Index("desk_received", desk.c.received_at, desk.c.case_number)
