"""What is proposed for a dead letter: to discard it, or to release what waited for two people."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dead_letter", sa.Column("proposal", sa.String(12)))


def downgrade() -> None:
    op.drop_column("dead_letter", "proposal")
