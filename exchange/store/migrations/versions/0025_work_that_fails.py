"""Periodic work that fails: a row an item. A round that failed as a whole stood in meta before."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "failing_work",
        sa.Column("work", sa.String(40), primary_key=True),
        sa.Column("item", sa.String(200), primary_key=True),
        sa.Column("error", sa.String(80), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
    )
    op.execute("DELETE FROM meta WHERE key = 'round-failing'")


def downgrade() -> None:
    op.drop_table("failing_work")
