"""By which calendar a running term was reckoned, and whether its end was provisional: another calendar counts anew."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_RUNNING = "state IN ('issued', 'signed') AND started_at IS NOT NULL"


def upgrade() -> None:
    op.add_column("part", sa.Column("provisional", sa.Boolean()))
    op.add_column("part", sa.Column("calendar", sa.String(80)))
    condition = sa.text(_RUNNING)
    op.create_index("part_reckoned", "part", ["calendar"], sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    op.drop_index("part_reckoned", "part")
    op.drop_column("part", "calendar")
    op.drop_column("part", "provisional")
