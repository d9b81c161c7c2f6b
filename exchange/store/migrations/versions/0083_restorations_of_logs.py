"""Restorations of logs: that a member's log, the own one or another's, goes on from a backup, as the member signed."""

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_restoration",
        sa.Column("origin", sa.String(120), primary_key=True),
        sa.Column("restored_at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("signed", sa.LargeBinary, nullable=False),
        sa.Column("seen_size", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("log_restoration")
