"""Indexes for what operators look at all day: the oldest sent copy of a queue, and copies that were given up."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "outbox_copy_sent",
        "outbox_copy",
        ["queue", "sent_at"],
        unique=False,
        sqlite_where=sa.text("state = 'sent'"),
        postgresql_where=sa.text("state = 'sent'"),
    )
    op.create_index(
        "outbox_copy_failed",
        "outbox_copy",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )


def downgrade() -> None:
    op.drop_index("outbox_copy_failed", table_name="outbox_copy")
    op.drop_index("outbox_copy_sent", table_name="outbox_copy")
