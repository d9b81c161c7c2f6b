"""Consultations on a department's desk without a due moment, as its officers read them behind the others."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    only = sa.text("due_at IS NULL")
    op.create_index("desk_undated", "desk", ["state", "case_number"], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_index("desk_undated", "desk")
