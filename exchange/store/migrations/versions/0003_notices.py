"""Notices on their way through the levels, who has them, and what lower levels have counted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("notice_id", sa.String(length=36), nullable=False),
        sa.Column("seat", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("origin", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("treatment", sa.String(length=16), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("forwarding_id", sa.String(length=36), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("act_by", sa.String(length=10), nullable=True),
        sa.Column("urgency", sa.String(length=16), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_forwarding_id"), "notice", ["forwarding_id"], unique=False)
    op.create_index(
        "notice_changed",
        "notice",
        ["received_at"],
        unique=False,
        sqlite_where=sa.text("changed"),
        postgresql_where=sa.text("changed"),
    )
    op.create_table(
        "notice_reader",
        sa.Column("notice_id", sa.String(length=36), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("has_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("proof", sa.String(length=64), nullable=True),
        sa.Column("proof_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("notice_id", "address", name=op.f("pk_notice_reader")),
    )
    op.create_table(
        "notice_branch",
        sa.Column("notice_id", sa.String(length=36), nullable=False),
        sa.Column("domain", sa.String(length=120), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("tally", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("notice_id", "domain", name=op.f("pk_notice_branch")),
    )


def downgrade() -> None:
    op.drop_table("notice_branch")
    op.drop_table("notice_reader")
    op.drop_index("notice_changed", table_name="notice")
    op.drop_index(op.f("ix_notice_forwarding_id"), table_name="notice")
    op.drop_table("notice")
