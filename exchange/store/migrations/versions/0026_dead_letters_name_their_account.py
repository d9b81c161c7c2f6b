"""Dead letters keep the broker's account that brought them, beside what their header claims."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dead_letter", sa.Column("broker_user", sa.String(255)))
    op.add_column("dead_letter", sa.Column("key_sender", sa.String(255)))


def downgrade() -> None:
    op.drop_column("dead_letter", "key_sender")
    op.drop_column("dead_letter", "broker_user")
