"""Tables of every member: signed documents, outbox, inbox, dead letters and holds."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    literal_column,
)

from exchange.messaging.records import OutboxState, Proposal
from exchange.messaging.rules.arrival_time import ArrivalSource
from exchange.messaging.rules.drain_states import DrainState
from exchange.messaging.rules.withholding import WITHHELD
from exchange.store.metadata import Serial, metadata, partial_index
from exchange.store.types import EnumWord, FreeText, Instant

document = Table(
    "document",
    metadata,
    Column("id", Serial, primary_key=True),
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
partial_index("document_numbered", document.c.recorded_at, document.c.id, document.c.number, where=NUMBERED)


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
    Column("id", Serial, primary_key=True),
    Column("message_id", String(36), nullable=False),
    Column("addressee", String(120), nullable=False),
    Column("queue", String(200), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("recipient", LargeBinary, nullable=False),
    Column("needs_receipt", Boolean, nullable=False),
    Column("state", EnumWord(OutboxState), nullable=False),
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
partial_index(
    "outbox_copy_due",
    outbox_copy.c.next_at,
    outbox_copy.c.rank,
    outbox_copy.c.id,
    where=WAITING_COPIES,
)


SENT_COPIES = outbox_copy.c.state == literal_column(f"'{OutboxState.SENT}'")
"""Copies that the broker has and no receipt answers yet."""
partial_index("outbox_copy_sent", outbox_copy.c.queue, outbox_copy.c.sent_at, where=SENT_COPIES)


FAILED_COPIES = outbox_copy.c.state == literal_column(f"'{OutboxState.FAILED}'")
"""Copies that were abandoned."""
partial_index("outbox_copy_failed", outbox_copy.c.id, where=FAILED_COPIES)


ENDED_COPIES = outbox_copy.c.state.in_(
    [literal_column(f"'{state}'") for state in (OutboxState.RETURNED, OutboxState.FAILED)]
)
"""Copies that did not come to a good end, and are rare. In words, as above."""
partial_index("outbox_copy_waiting", outbox_copy.c.written_at, outbox_copy.c.id, where=WAITING_COPIES)
partial_index("outbox_copy_ended", outbox_copy.c.written_at, outbox_copy.c.id, where=ENDED_COPIES)


RETURNED_COPIES = outbox_copy.c.state == literal_column(f"'{OutboxState.RETURNED}'")
"""Copies that their addressee has sent back. In words, as above."""
partial_index("outbox_copy_returned", outbox_copy.c.returned_at, outbox_copy.c.id, where=RETURNED_COPIES)


outbox_failure = Table(
    "outbox_failure",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("copy_id", BigInteger, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("reason", FreeText, nullable=False),
)


inbox = Table(
    "inbox",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("sender", String(120), nullable=False),
    Column("message_id", String(36), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("arrived_earliest", Instant, nullable=False),
    Column("arrived_latest", Instant, nullable=False),
    Column("arrival_source", EnumWord(ArrivalSource, 20), nullable=False),
    Column("stamped_at", Instant),
    Column("earlier_copy", Boolean),
    Column("receipt_id", String(36)),
    Column("accepted", Boolean, nullable=False),
    Column("reason", FreeText),
    Column("recorded_at", Instant, nullable=False),
    Column("taken_at", Instant),
    UniqueConstraint("message_id", "sender"),
)
partial_index("inbox_untaken", inbox.c.id, where=inbox.c.taken_at.is_(None) & (inbox.c.kind != "receipt"))


UNTAKEN = inbox.c.taken_at.is_(None) & (inbox.c.kind != literal_column("'receipt'")) & inbox.c.accepted.is_(True)
"""Documents that wait for the member's own system; what was sent back is never handed out. In words, as above."""


dead_letter = Table(
    "dead_letter",
    metadata,
    Column("id", Serial, primary_key=True),
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
    Column("arrival_source", EnumWord(ArrivalSource, 20)),
    Column("broker_user", String(255)),
    Column("key_sender", String(255)),
    Column("proposed_by", FreeText),
    Column("proposed_at", Instant),
    Column("proposed_why", FreeText),
    Column("proposal", EnumWord(Proposal, 12)),
    Column("discarded_by", FreeText),
    Column("discarded_at", Instant),
    Column("digest", String(64), index=True),
    Column("octets", BigInteger),
    Column("unproved", Boolean),
)


OPEN_LETTERS = dead_letter.c.discarded_at.is_(None)
"""Dead letters that nobody has discarded."""
STANDS_FOR_MORE = dead_letter.c.message_id.is_(None) & (
    (dead_letter.c.octets == 0) | (dead_letter.c.reason_code == WITHHELD)
)
"""One letter for all further ones of a sender that are not kept; `DeadLetter.stands_for_more` says the same."""
PERHAPS_PROVED = OPEN_LETTERS & dead_letter.c.unproved.is_(None)
"""Of these, the ones that may be what they claim."""
partial_index(
    "dead_letter_perhaps_proved", dead_letter.c.sender, dead_letter.c.kind, dead_letter.c.id, where=PERHAPS_PROVED
)
partial_index("dead_letter_open", dead_letter.c.id, where=OPEN_LETTERS)
partial_index("dead_letter_cause", dead_letter.c.reason_code, dead_letter.c.id, where=OPEN_LETTERS)
partial_index(
    "dead_letter_counts",
    *(dead_letter.c[name] for name in ("reason_code", "stage", "first_at", "last_at", "proposed_at")),
    where=OPEN_LETTERS,
)
partial_index("dead_letter_discarded", dead_letter.c.id, where=dead_letter.c.discarded_at.is_not(None))


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
partial_index("hold_standing", hold.c.held_at, where=hold.c.released_at.is_(None))

drain = Table(
    "drain",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("state", EnumWord(DrainState, 12), nullable=False),
    Column("asked_by", FreeText, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("reason", FreeText, nullable=False),
    Column("stopped_at", Instant),
    Column("unsent", Integer),
    Column("unanswered", Integer),
    Column("at_rest", Integer),
    Column("lifted_by", FreeText),
    Column("lifted_at", Instant),
)
DRAINED = drain.c.state != literal_column(f"'{DrainState.LIFTED}'")
"""The wish to drain the member that is not lifted."""
Index("drain_standing", drain.c.state, unique=True, sqlite_where=DRAINED, postgresql_where=DRAINED)
