"""Opinions that their departments recall before the lead decides."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("part", sa.Column("recalled_id", sa.String(36)))
    op.add_column("part", sa.Column("recall_id", sa.String(36)))
    op.add_column("part", sa.Column("recalled_at", sa.BigInteger()))
    op.add_column("part", sa.Column("clear_again", sa.Boolean()))
    op.add_column("desk", sa.Column("recall_id", sa.String(36)))
    op.create_index("ix_desk_recall_id", "desk", ["recall_id"])


def downgrade() -> None:
    op.drop_index("ix_desk_recall_id", table_name="desk")
    op.drop_column("desk", "recall_id")
    op.drop_column("part", "clear_again")
    op.drop_column("part", "recalled_at")
    op.drop_column("part", "recall_id")
    op.drop_column("part", "recalled_id")
