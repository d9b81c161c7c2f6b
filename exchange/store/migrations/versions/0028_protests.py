"""A department's protest against what it was told of its part."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("part", sa.Column("protest_id", sa.String(36)))
    op.add_column("part", sa.Column("protest_ground", sa.String(40)))


def downgrade() -> None:
    op.drop_column("part", "protest_ground")
    op.drop_column("part", "protest_id")
