"""Batches of receipts that are begun and not signed yet."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "owed_batch",
        sa.Column("sender", sa.String(120), primary_key=True),
        sa.Column("receipt_id", sa.String(36), nullable=False),
        sa.Column("behind", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("owed_batch")
