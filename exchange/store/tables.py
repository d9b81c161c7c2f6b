"""The tables of a member's database. Every state has its own timestamp; what happened is appended, not overwritten."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from exchange.flow.ports import OutboxState
from exchange.rules.joint_states import JointSeat, JointState
from exchange.rules.notice_states import NoticeSeat, NoticeState
from exchange.rules.states import CaseState, DeskState, PartState, WatchState
from exchange.schemas import ReaderState, Verdict
from exchange.store.types import FreeText, Instant, Word

metadata = MetaData()
_Serial = BigInteger().with_variant(Integer, "sqlite")


def _partial(name: str, *columns: Column[object], where: ColumnElement[bool]) -> Index:
    """An index over the few rows that matter now, so that cost follows what is due and not what is kept."""
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


document = Table(
    "document",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("sender", String(120), nullable=False),
    Column("message_id", String(36), nullable=False, index=True),
    Column("direction", String(8), nullable=False),
    Column("conversation_id", String(36), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("signed", LargeBinary, nullable=False),
    Column("enclosures", LargeBinary, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("number", FreeText),
    UniqueConstraint("sender", "message_id", "direction"),
    Index("document_recent", "direction", "recorded_at", "id"),
    Index("document_kind_recent", "kind", "direction", "recorded_at", "id"),
)
NUMBERED = document.c.number.is_not(None)
_partial("document_numbered", document.c.recorded_at, document.c.id, document.c.number, where=NUMBERED)

outbox_message = Table(
    "outbox_message",
    metadata,
    Column("message_id", String(36), primary_key=True),
    Column("conversation_id", String(36), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("urgency", String(16), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("common", LargeBinary, nullable=False),
    Column("copies", Integer),
)

outbox_copy = Table(
    "outbox_copy",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("message_id", String(36), nullable=False),
    Column("addressee", String(120), nullable=False),
    Column("queue", String(200), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("recipient", LargeBinary, nullable=False),
    Column("needs_receipt", Boolean, nullable=False),
    Column("state", Word(OutboxState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("delivered_at", Instant),
    Column("returned_at", Instant),
    Column("failed_at", Instant),
    Column("receipt_id", String(36)),
    Column("receipt_index", Integer),
    Column("last_error", FreeText),
    UniqueConstraint("message_id", "addressee"),
)
WAITING_COPIES = outbox_copy.c.state.in_(
    [literal_column(f"'{state}'") for state in (OutboxState.WRITTEN, OutboxState.SENT)]
)
"""Copies that are still to go out. In words and not parameters: SQLite only then knows that the index serves it."""
_partial(
    "outbox_copy_due",
    outbox_copy.c.next_at,
    outbox_copy.c.rank,
    outbox_copy.c.id,
    where=WAITING_COPIES,
)
SENT_COPIES = outbox_copy.c.state == literal_column(f"'{OutboxState.SENT}'")
"""Copies that the broker has and no receipt answers yet."""
_partial("outbox_copy_sent", outbox_copy.c.queue, outbox_copy.c.sent_at, where=SENT_COPIES)
FAILED_COPIES = outbox_copy.c.state == literal_column(f"'{OutboxState.FAILED}'")
"""Copies that were abandoned."""
_partial("outbox_copy_failed", outbox_copy.c.id, where=FAILED_COPIES)
ENDED_COPIES = outbox_copy.c.state.in_(
    [literal_column(f"'{state}'") for state in (OutboxState.RETURNED, OutboxState.FAILED)]
)
"""Copies that did not come to a good end, and are rare. In words, as above."""
_partial("outbox_copy_waiting", outbox_copy.c.written_at, outbox_copy.c.id, where=WAITING_COPIES)
_partial("outbox_copy_ended", outbox_copy.c.written_at, outbox_copy.c.id, where=ENDED_COPIES)


outbox_failure = Table(
    "outbox_failure",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("copy_id", BigInteger, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("reason", FreeText, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("sender", String(120), nullable=False),
    Column("message_id", String(36), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("arrived_earliest", Instant, nullable=False),
    Column("arrived_latest", Instant, nullable=False),
    Column("arrival_source", String(20), nullable=False),
    Column("receipt_id", String(36)),
    Column("accepted", Boolean, nullable=False),
    Column("reason", FreeText),
    Column("recorded_at", Instant, nullable=False),
    Column("taken_at", Instant),
    UniqueConstraint("message_id", "sender"),
)
_partial("inbox_untaken", inbox.c.id, where=inbox.c.taken_at.is_(None) & (inbox.c.kind != "receipt"))
UNTAKEN = inbox.c.taken_at.is_(None) & (inbox.c.kind != literal_column("'receipt'")) & inbox.c.accepted.is_(True)
"""Documents that wait for the member's own system; what was sent back is never handed out. In words, as above."""

dead_letter = Table(
    "dead_letter",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("fingerprint", String(64), nullable=False, unique=True),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("reason_code", String(80), nullable=False),
    Column("reason", FreeText, nullable=False),
    Column("stage", String(20), nullable=False),
    Column("queue", String(200), nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("message_id", String(200), index=True),
    Column("sender", String(120), index=True),
    Column("kind", String(40)),
    Column("attempts", Integer, nullable=False),
    Column("arrived_earliest", Instant),
    Column("arrived_latest", Instant),
    Column("arrival_source", String(20)),
    Column("proposed_by", FreeText),
    Column("proposed_at", Instant),
    Column("proposed_why", FreeText),
    Column("discarded_by", FreeText),
    Column("discarded_at", Instant),
)
OPEN_LETTERS = dead_letter.c.discarded_at.is_(None)
"""Dead letters that nobody has discarded."""
_partial("dead_letter_open", dead_letter.c.id, where=OPEN_LETTERS)
_partial("dead_letter_cause", dead_letter.c.reason_code, dead_letter.c.id, where=OPEN_LETTERS)
_partial(
    "dead_letter_counts",
    *(dead_letter.c[name] for name in ("reason_code", "stage", "first_at", "last_at", "proposed_at")),
    where=OPEN_LETTERS,
)
_partial("dead_letter_discarded", dead_letter.c.id, where=dead_letter.c.discarded_at.is_not(None))

hold = Table(
    "hold",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("addressee", String(120)),
    Column("kind", String(40)),
    Column("reason", FreeText, nullable=False),
    Column("held_by", FreeText, nullable=False),
    Column("held_at", Instant, nullable=False, index=True),
    Column("released_by", FreeText),
    Column("released_at", Instant),
)
_partial("hold_standing", hold.c.held_at, where=hold.c.released_at.is_(None))

case_file = Table(
    "case_file",
    metadata,
    Column("number", String(64), primary_key=True),
    Column("matter", String(64), nullable=False),
    Column("matter_version", String(32), nullable=False),
    Column("state", Word(CaseState), nullable=False),
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
    Index("case_file_recent", "opened_at", "number"),
    Index("case_file_state_recent", "state", "opened_at", "number"),
)

part = Table(
    "part",
    metadata,
    Column("case_number", String(64), primary_key=True),
    Column("department", String(120), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("stage", Integer, nullable=False),
    Column("state", Word(PartState), nullable=False),
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
    Column("verdict", Word(Verdict)),
    Column("conditions", FreeText),
    Column("reasons", FreeText),
    Column("opinion_id", String(36)),
    Column("deemed_id", String(36)),
    Column("late_opinion_id", String(36)),
    Column("late_at", Instant),
    Column("late_verdict", Word(Verdict)),
    Column("receipt_id", String(36)),
    Column("receipt_index", Integer),
    Column("started_at", Instant),
    Column("review_at", Instant),
    Index("part_standing", "state", "department", "due_at", "case_number", "started_at"),
)

PUT_TO = part.c.state.in_([literal_column(f"'{state}'") for state in (PartState.ISSUED, PartState.SIGNED)])
"""Parts that were put to their department and wait for it."""
_partial("part_running", part.c.department, part.c.due_at, where=PUT_TO)
_partial("part_running_due", part.c.due_at, where=PUT_TO)

NOT_SIGNED = part.c.state == literal_column(f"'{PartState.ISSUED}'")
UNDATED = (part.c.state == literal_column(f"'{PartState.SIGNED}'")) & part.c.due_at.is_(None)
"""Parts that their department has not signed for, and those signed for whose term has no end. In words, as above."""
_partial("part_unsigned", part.c.issued_at, part.c.case_number, where=NOT_SIGNED)
_partial("part_undated", part.c.signed_at, part.c.case_number, where=UNDATED)

TO_REVIEW = part.c.review_at.is_not(None)
"""Parts over whose opinion, which was in time, their case was decided; until an officer has reviewed the decision."""
_partial("part_review", part.c.review_at, part.c.case_number, where=TO_REVIEW)

ledger = Table(
    "ledger",
    metadata,
    Column("case_number", String(64), primary_key=True),
    Column("department", String(120), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("entry", Text, nullable=False),
)

watch = Table(
    "watch",
    metadata,
    Column("case_number", String(64), primary_key=True),
    Column("department", String(120), primary_key=True),
    Column("window", String(120), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Word(WatchState), nullable=False),
    Column("due_at", Instant),
    Column("provisional", Boolean, nullable=False),
    Column("next_at", Instant),
    Column("calendar", String(80), nullable=False),
    Column("deadline", Text, nullable=False),
    Column("finished_at", Instant),
)
_RUNNING = watch.c.state == WatchState.RUNNING
_partial("watch_next", watch.c.next_at, where=_RUNNING)
_partial("watch_calendar", watch.c.calendar, where=_RUNNING)
_partial("watch_due", watch.c.due_at, where=_RUNNING)
_partial("watch_deemed", watch.c.finished_at, where=watch.c.state == WatchState.DEEMED)
_partial("watch_escalated", watch.c.finished_at, where=watch.c.state == WatchState.ESCALATED)

reminder = Table(
    "reminder",
    metadata,
    Column("case_number", String(64), primary_key=True),
    Column("department", String(120), primary_key=True),
    Column("rung", Integer, primary_key=True, key="stage"),
    Column("message_id", String(36), nullable=False),
    Column("at", Instant, nullable=False),
)

desk = Table(
    "desk",
    metadata,
    Column("case_number", String(64), primary_key=True),
    Column("window", String(120), nullable=False),
    Column("consultation_id", String(36), nullable=False),
    Column("state", Word(DeskState, 20), nullable=False, index=True),
    Column("matter", String(64), nullable=False),
    Column("title", FreeText, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("cleared", Boolean, nullable=False),
    Column("opinion_id", String(36), index=True),
    Column("answered_at", Instant),
    Column("reminded", Integer, nullable=False),
    Column("rule_error", FreeText),
)

FAILED_RULES = (desk.c.state == literal_column("'waiting'")) & desk.c.rule_error.is_not(None)
"""Consultations that wait for an officer because the rule failed on them. In words, as above."""
_partial("desk_rule_failed", desk.c.received_at, desk.c.case_number, where=FAILED_RULES)
Index("desk_received", desk.c.received_at, desk.c.case_number)

notice = Table(
    "notice",
    metadata,
    Column("notice_id", String(36), primary_key=True),
    Column("seat", Word(NoticeSeat, 8), nullable=False),
    Column("state", Word(NoticeState, 12), nullable=False),
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
)
_partial("notice_changed", notice.c.received_at, where=notice.c.changed)
Index("notice_recent", notice.c.seat, notice.c.state, notice.c.received_at, notice.c.notice_id)

notice_reader = Table(
    "notice_reader",
    metadata,
    Column("notice_id", String(36), primary_key=True),
    Column("address", String(120), primary_key=True),
    Column("state", Word(ReaderState, 8), nullable=False),
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
)
_partial("collection_changed", collection.c.notice_id, where=collection.c.changed)

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

joint = Table(
    "joint",
    metadata,
    Column("joint_id", String(36), primary_key=True),
    Column("seat", Word(JointSeat, 8), nullable=False),
    Column("state", Word(JointState, 12), nullable=False),
    Column("lead", String(120), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("title", FreeText, nullable=False),
    Column("number", FreeText, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("answer_id", String(36)),
    Column("settled_at", Instant),
    Column("ended_by", String(120)),
    Column("reasons", FreeText),
    Column("issue_id", String(36)),
    Column("issued_on", String(10)),
)

OPEN_JOINTS = joint.c.state == literal_column("'open'")
_partial("joint_open", joint.c.received_at, where=OPEN_JOINTS)

joint_signature = Table(
    "joint_signature",
    metadata,
    Column("joint_id", String(36), primary_key=True),
    Column("signer", String(120), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("at", Instant),
    Column("signature", LargeBinary),
    Column("proof_id", String(36)),
)

journal = Table(
    "journal",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("event", String(60), nullable=False),
    Column("case_number", String(64), index=True),
    Column("message_id", String(36), index=True),
    Column("detail", Text, nullable=False),
)

alert = Table(
    "alert",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("key", String(300), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("chinese", FreeText, nullable=False),
    Column("english", FreeText, nullable=False),
    Column("page", String(200), nullable=False),
    Column("raised_at", Instant, nullable=False, index=True),
    Column("over_at", Instant),
)
STANDING = alert.c.over_at.is_(None)
Index("alert_standing", alert.c.key, unique=True, sqlite_where=STANDING, postgresql_where=STANDING)

alert_delivery = Table(
    "alert_delivery",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("alert_id", BigInteger, nullable=False, index=True),
    Column("event", String(10), nullable=False),
    Column("channel", String(80), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant),
    Column("sent_at", Instant),
    Column("last_error", FreeText),
)
_partial("alert_delivery_due", alert_delivery.c.next_at, where=alert_delivery.c.next_at.is_not(None))

meta = Table("meta", metadata, Column("key", String(200), primary_key=True), Column("value", Text, nullable=False))
