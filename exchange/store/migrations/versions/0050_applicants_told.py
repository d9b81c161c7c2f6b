"""Where applicants want to be told, what they are told by mail and webhook, and what they are reminded of."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "told_contact",
        sa.Column("contact_id", sa.String(36), primary_key=True),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("way", sa.String(12), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("token", sa.String(64), nullable=False, unique=True),
        sa.Column("secret", sa.String(80)),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger()),
        sa.Column("case_number", sa.String(64)),
    )
    for column in ("number", "ends_at", "case_number"):
        op.create_index(f"ix_told_contact_{column}", "told_contact", [column])
    op.create_table(
        "told_word",
        sa.Column("word_id", sa.String(36), primary_key=True),
        sa.Column("contact_id", sa.String(36), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger()),
        sa.Column("last_error", sa.Text()),
    )
    for column in ("contact_id", "settled_at"):
        op.create_index(f"ix_told_word_{column}", "told_word", [column])
    waiting = sa.text("state = 'waiting'")
    op.create_index("told_word_due", "told_word", ["next_at"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "told_promise",
        sa.Column("number", sa.String(40), primary_key=True),
        sa.Column("material", sa.String(64), primary_key=True),
        sa.Column("remind_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_told_promise_remind_at", "told_promise", ["remind_at"])
    op.create_table(
        "told_asked",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_told_asked_asked_at", "told_asked", ["asked_at"])
    op.create_index("told_asked_of", "told_asked", ["digest", "asked_at"])


def downgrade() -> None:
    for table in ("told_asked", "told_promise", "told_word", "told_contact"):
        op.drop_table(table)
