"""Tables of a window: cases, their parts, and the ledger of days."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table, Text, literal_column

from exchange.approval.rules.states import CaseState, PartState
from exchange.schemas import ObjectionGround, OrderedBy, ProtestGround, Verdict
from exchange.store.metadata import Serial, metadata, partial_index
from exchange.store.types import EnumWord, FreeText, Instant

case_file = Table(
    "case_file",
    metadata,
    Column("number", String(64), primary_key=True),
    Column("matter", String(64), nullable=False),
    Column("matter_version", String(32), nullable=False),
    Column("state", EnumWord(CaseState), nullable=False),
    Column("stage", Integer, nullable=False),
    Column("application", LargeBinary, nullable=False),
    Column("applicant", FreeText, nullable=False),
    Column("project", FreeText, nullable=False),
    Column("conversation_id", String(36), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("ready_at", Instant),
    Column("decided_at", Instant),
    Column("withdrawn_at", Instant),
    Column("outcome", String(40)),
    Column("decision_id", String(36)),
    Column("prepared", FreeText),
    Column("rule_error", FreeText),
    Column("by_rule", Boolean),
    Column("reopened_at", Instant),
    Column("held_up", Boolean),
    Index("case_file_recent", "opened_at", "number"),
    Index("case_file_state_recent", "state", "opened_at", "number"),
)
HELD_UP = case_file.c.held_up.is_not(None)
"""Open cases that a part, a hearing or their own term has ever held up: something in them may wait for their lead."""
partial_index("case_file_held_up", case_file.c.opened_at, case_file.c.number, where=HELD_UP)
partial_index(
    "case_file_decided", case_file.c.decided_at, case_file.c.number, where=case_file.c.decided_at.is_not(None)
)


part = Table(
    "part",
    metadata,
    Column("case_number", String(64), primary_key=True),
    Column("department", String(120), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("stage", Integer, nullable=False),
    Column("state", EnumWord(PartState), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("consultation_id", String(36), index=True),
    Column("clearance_id", String(36), index=True),
    Column("fixed_due", Instant),
    Column("due_at", Instant),
    Column("issued_at", Instant),
    Column("signed_at", Instant),
    Column("answered_at", Instant),
    Column("deemed_at", Instant),
    Column("moot_at", Instant),
    Column("escalated_at", Instant),
    Column("reminded_at", Instant),
    Column("verdict", EnumWord(Verdict)),
    Column("conditions", FreeText),
    Column("reasons", FreeText),
    Column("opinion_id", String(36)),
    Column("deemed_id", String(36)),
    Column("late_opinion_id", String(36)),
    Column("late_at", Instant),
    Column("late_verdict", EnumWord(Verdict)),
    Column("late_ground", EnumWord(ObjectionGround)),
    Column("receipt_id", String(36)),
    Column("receipt_index", Integer),
    Column("started_at", Instant),
    Column("provisional", Boolean),
    Column("calendar", String(80)),
    Column("review_at", Instant),
    Column("faulty_id", String(36)),
    Column("faulty_at", Instant),
    Column("correct_by", Instant),
    Column("protest_id", String(36)),
    Column("protest_ground", EnumWord(ProtestGround)),
    Column("instead_of", String(120)),
    Column("added", FreeText),
    Column("recalled_id", String(36)),
    Column("recall_id", String(36)),
    Column("recalled_at", Instant),
    Column("clear_again", Boolean),
    Column("substitute", String(120)),
    Column("given_by", String(120)),
    Column("late_given_by", String(120)),
    Column("supplement_id", String(36)),
    Column("supplement_until", Instant),
    Column("supplement_told", Integer),
    Column("ledger_from", Integer, nullable=False, server_default="0"),
    Column("paper_by", Instant),
    Column("paper_reminded_at", Instant),
    Column("chased_at", Instant),
    Index("part_standing", "state", "department", "due_at", "case_number", "started_at"),
)


partial_index(
    "part_issued",
    part.c.issued_at,
    part.c.case_number,
    part.c.department,
    where=part.c.issued_at.is_not(None),
)


PUT_TO = part.c.state.in_([literal_column(f"'{state}'") for state in (PartState.ISSUED, PartState.SIGNED)])
"""Parts that were put to their department and wait for it."""
partial_index("part_running", part.c.department, part.c.due_at, where=PUT_TO)
partial_index("part_running_due", part.c.due_at, where=PUT_TO)


RECKONED = PUT_TO & part.c.started_at.is_not(None)
"""Parts whose term has begun: what is reckoned again when another calendar counts."""
partial_index("part_reckoned", part.c.calendar, where=RECKONED)


NOT_SIGNED = part.c.state == literal_column(f"'{PartState.ISSUED}'")


UNDATED = (part.c.state == literal_column(f"'{PartState.SIGNED}'")) & part.c.due_at.is_(None)
"""Parts that their department has not signed for, and those signed for whose term has no end. In words, as above."""
partial_index("part_unsigned", part.c.state, part.c.issued_at, part.c.case_number, where=NOT_SIGNED)
partial_index("part_undated", part.c.signed_at, part.c.case_number, where=UNDATED)


TO_REVIEW = part.c.review_at.is_not(None)
"""Parts over whose opinion, which was in time, their case was decided, or whose late objection is on grounds of safety;
until an officer has recorded the review."""
partial_index("part_review", part.c.review_at, part.c.case_number, where=TO_REVIEW)


PAPER_TO_REMIND = (
    (part.c.state == literal_column(f"'{PartState.DEEMED}'"))
    & part.c.paper_by.is_not(None)
    & part.c.late_opinion_id.is_(None)
    & part.c.paper_reminded_at.is_(None)
)
"""Parts whose department owes a paper of which it was not reminded. In words, as above."""
partial_index("part_paper", part.c.paper_by, where=PAPER_TO_REMIND)


AWAITED = part.c.supplement_told.is_not(None)
"""Parts whose department has announced a supplementary review that has not come."""
partial_index("part_supplement", part.c.supplement_until, where=AWAITED)


ledger = Table(
    "ledger",
    metadata,
    Column("case_number", String(64), primary_key=True),
    Column("department", String(120), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("entry", Text, nullable=False),
)


untold_deadline = Table(
    "untold_deadline",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("case_number", String(64), nullable=False),
    Column("department", String(120), nullable=False),
    Index("untold_deadline_part", "case_number", "department"),
)
"""Parts whose deadline has changed, and of which the monitors are still to be told."""


reopening = Table(
    "reopening",
    metadata,
    Column("case_number", String(64), primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("officer", FreeText, nullable=False),
    Column("ordered_by", EnumWord(OrderedBy), nullable=False),
    Column("reasons", FreeText, nullable=False),
    Column("basis", FreeText, nullable=False),
    Column("order_named", FreeText),
    Column("former_state", EnumWord(CaseState), nullable=False),
    Column("former_id", String(36)),
    Column("former_outcome", String(40)),
    Column("former_at", Instant),
    Column("notice_id", String(36)),
)
