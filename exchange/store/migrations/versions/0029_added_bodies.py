"""Bodies that are added to a running case in place of one that is not competent."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("part", sa.Column("instead_of", sa.String(120)))
    op.add_column("part", sa.Column("added", sa.Text))


def downgrade() -> None:
    op.drop_column("part", "added")
    op.drop_column("part", "instead_of")
