"""An opinion that went back to its department, and until when that may correct it."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("part", sa.Column("faulty_id", sa.String(36)))
    op.add_column("part", sa.Column("faulty_at", sa.BigInteger()))
    op.add_column("part", sa.Column("correct_by", sa.BigInteger()))


def downgrade() -> None:
    for column in ("correct_by", "faulty_at", "faulty_id"):
        op.drop_column("part", column)
