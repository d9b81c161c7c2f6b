"""Who deals with a consultation on a department's desk. Nobody was noted before."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("desk", sa.Column("holder", sa.String(80)))


def downgrade() -> None:
    op.drop_column("desk", "holder")
