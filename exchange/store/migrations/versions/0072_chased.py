"""Departments that are reminded by the lead's own hand: when it last was, at the window and on their desks."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("part", sa.Column("chased_at", sa.BigInteger()))
    op.add_column("desk", sa.Column("chased_at", sa.BigInteger()))


def downgrade() -> None:
    op.drop_column("desk", "chased_at")
    op.drop_column("part", "chased_at")
