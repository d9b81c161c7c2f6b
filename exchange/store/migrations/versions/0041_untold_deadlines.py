"""Deadlines of which the monitors are still to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "untold_deadline",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("case_number", sa.String(64), nullable=False),
        sa.Column("department", sa.String(120), nullable=False),
    )
    op.create_index("untold_deadline_part", "untold_deadline", ["case_number", "department"])


def downgrade() -> None:
    op.drop_table("untold_deadline")
