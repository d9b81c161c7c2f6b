"""All tables of a member."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_file",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("matter", sa.String(length=64), nullable=False),
        sa.Column("matter_version", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("application", sa.LargeBinary(), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("ready_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("decision_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(op.f("ix_case_file_opened_at"), "case_file", ["opened_at"], unique=False)
    op.create_index(op.f("ix_case_file_state"), "case_file", ["state"], unique=False)
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("reason_code", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("queue", sa.String(length=200), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=True),
        sa.Column("sender", sa.String(length=120), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("fingerprint"),
    )
    op.create_table(
        "desk",
        sa.Column("case_number", sa.String(length=64), nullable=False),
        sa.Column("window", sa.String(length=120), nullable=False),
        sa.Column("consultation_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("matter", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.Column("opinion_id", sa.String(length=36), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_number"),
    )
    op.create_index(op.f("ix_desk_opinion_id"), "desk", ["opinion_id"], unique=False)
    op.create_index(op.f("ix_desk_state"), "desk", ["state"], unique=False)
    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sender", sa.String(length=120), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.Column("enclosures", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sender", "message_id", "direction"),
    )
    op.create_index(op.f("ix_document_conversation_id"), "document", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_document_message_id"), "document", ["message_id"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sender", sa.String(length=120), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("arrived_earliest", sa.BigInteger(), nullable=False),
        sa.Column("arrived_latest", sa.BigInteger(), nullable=False),
        sa.Column("arrival_source", sa.String(length=20), nullable=False),
        sa.Column("receipt_id", sa.String(length=36), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id", "sender"),
    )
    op.create_index(
        "inbox_untaken",
        "inbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("taken_at IS NULL AND kind != 'receipt'"),
        postgresql_where=sa.text("taken_at IS NULL AND kind != 'receipt'"),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("case_number", sa.String(length=64), nullable=True),
        sa.Column("message_id", sa.String(length=36), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_journal_case_number"), "journal", ["case_number"], unique=False)
    op.create_index(op.f("ix_journal_message_id"), "journal", ["message_id"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("case_number", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_number", "department", "position"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "outbox_copy",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("addressee", sa.String(length=120), nullable=False),
        sa.Column("queue", sa.String(length=200), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("needs_receipt", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("returned_at", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.Column("receipt_id", sa.String(length=36), nullable=True),
        sa.Column("receipt_index", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id", "addressee"),
    )
    op.create_index(
        "outbox_copy_due",
        "outbox_copy",
        ["next_at", "rank", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('written', 'sent')"),
        postgresql_where=sa.text("state IN ('written', 'sent')"),
    )
    op.create_table(
        "outbox_failure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("copy_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_outbox_failure_copy_id"), "outbox_failure", ["copy_id"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("urgency", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("common", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_table(
        "part",
        sa.Column("case_number", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.String(length=36), nullable=True),
        sa.Column("clearance_id", sa.String(length=36), nullable=True),
        sa.Column("fixed_due", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", sa.BigInteger(), nullable=True),
        sa.Column("signed_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("deemed_at", sa.BigInteger(), nullable=True),
        sa.Column("moot_at", sa.BigInteger(), nullable=True),
        sa.Column("escalated_at", sa.BigInteger(), nullable=True),
        sa.Column("reminded_at", sa.BigInteger(), nullable=True),
        sa.Column("verdict", sa.String(length=40), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("opinion_id", sa.String(length=36), nullable=True),
        sa.Column("deemed_id", sa.String(length=36), nullable=True),
        sa.Column("late_opinion_id", sa.String(length=36), nullable=True),
        sa.Column("late_at", sa.BigInteger(), nullable=True),
        sa.Column("late_verdict", sa.String(length=40), nullable=True),
        sa.Column("receipt_id", sa.String(length=36), nullable=True),
        sa.Column("receipt_index", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("case_number", "department"),
    )
    op.create_index(op.f("ix_part_clearance_id"), "part", ["clearance_id"], unique=False)
    op.create_index(op.f("ix_part_consultation_id"), "part", ["consultation_id"], unique=False)
    op.create_index(op.f("ix_part_state"), "part", ["state"], unique=False)
    op.create_table(
        "reminder",
        sa.Column("case_number", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=120), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_number", "department", "rung"),
    )
    op.create_table(
        "watch",
        sa.Column("case_number", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=120), nullable=False),
        sa.Column("window", sa.String(length=120), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("calendar", sa.String(length=80), nullable=False),
        sa.Column("deadline", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("case_number", "department"),
    )
    op.create_index(
        "watch_calendar",
        "watch",
        ["calendar"],
        unique=False,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index(
        "watch_due",
        "watch",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index(
        "watch_next",
        "watch",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )


def downgrade() -> None:
    op.drop_index(
        "watch_next",
        table_name="watch",
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.drop_index(
        "watch_due",
        table_name="watch",
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.drop_index(
        "watch_calendar",
        table_name="watch",
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.drop_table("watch")
    op.drop_table("reminder")
    op.drop_index(op.f("ix_part_state"), table_name="part")
    op.drop_index(op.f("ix_part_consultation_id"), table_name="part")
    op.drop_index(op.f("ix_part_clearance_id"), table_name="part")
    op.drop_table("part")
    op.drop_table("outbox_message")
    op.drop_index(op.f("ix_outbox_failure_copy_id"), table_name="outbox_failure")
    op.drop_table("outbox_failure")
    op.drop_index(
        "outbox_copy_due",
        table_name="outbox_copy",
        sqlite_where=sa.text("state IN ('written', 'sent')"),
        postgresql_where=sa.text("state IN ('written', 'sent')"),
    )
    op.drop_table("outbox_copy")
    op.drop_table("meta")
    op.drop_table("ledger")
    op.drop_index(op.f("ix_journal_message_id"), table_name="journal")
    op.drop_index(op.f("ix_journal_case_number"), table_name="journal")
    op.drop_table("journal")
    op.drop_index(
        "inbox_untaken",
        table_name="inbox",
        sqlite_where=sa.text("taken_at IS NULL AND kind != 'receipt'"),
        postgresql_where=sa.text("taken_at IS NULL AND kind != 'receipt'"),
    )
    op.drop_table("inbox")
    op.drop_index(op.f("ix_document_message_id"), table_name="document")
    op.drop_index(op.f("ix_document_conversation_id"), table_name="document")
    op.drop_table("document")
    op.drop_index(op.f("ix_desk_state"), table_name="desk")
    op.drop_index(op.f("ix_desk_opinion_id"), table_name="desk")
    op.drop_table("desk")
    op.drop_table("dead_letter")
    op.drop_index(op.f("ix_case_file_state"), table_name="case_file")
    op.drop_index(op.f("ix_case_file_opened_at"), table_name="case_file")
    op.drop_table("case_file")
