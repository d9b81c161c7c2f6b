"""Since when a decision is to be reviewed, because an opinion that was in time came in after it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_WAITS = sa.text("review_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("part", sa.Column("review_at", sa.BigInteger()))
    op.create_index("part_review", "part", ["review_at", "case_number"], sqlite_where=_WAITS, postgresql_where=_WAITS)


def downgrade() -> None:
    op.drop_index("part_review", "part")
    op.drop_column("part", "review_at")
