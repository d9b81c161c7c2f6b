"""Late objections on grounds of safety, which the lead hears of at once."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("part", sa.Column("late_ground", sa.String(40)))


def downgrade() -> None:
    op.drop_column("part", "late_ground")
