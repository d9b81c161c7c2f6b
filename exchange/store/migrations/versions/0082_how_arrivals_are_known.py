"""What the broker stamped on what was taken, and whether the same bytes had come before: receipts say both."""

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("stamped_at", sa.BigInteger()))
    op.add_column("inbox", sa.Column("earlier_copy", sa.Boolean()))


def downgrade() -> None:
    op.drop_column("inbox", "earlier_copy")
    op.drop_column("inbox", "stamped_at")
