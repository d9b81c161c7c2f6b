"""Until when a department owes its paper after a deemed consent, and when it was reminded of it."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_TO_REMIND = sa.text(
    "state = 'deemed' AND paper_by IS NOT NULL AND late_opinion_id IS NULL AND paper_reminded_at IS NULL"
)


def upgrade() -> None:
    op.add_column("part", sa.Column("paper_by", sa.BigInteger()))
    op.add_column("part", sa.Column("paper_reminded_at", sa.BigInteger()))
    op.create_index("part_paper", "part", ["paper_by"], sqlite_where=_TO_REMIND, postgresql_where=_TO_REMIND)
    op.add_column("desk", sa.Column("paper_by", sa.BigInteger()))


def downgrade() -> None:
    op.drop_column("desk", "paper_by")
    op.drop_index("part_paper", "part")
    op.drop_column("part", "paper_reminded_at")
    op.drop_column("part", "paper_by")
