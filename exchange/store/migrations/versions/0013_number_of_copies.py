"""To how many addressees a message was written, so that a copy that is gone is missed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox_message", sa.Column("copies", sa.Integer()))


def downgrade() -> None:
    op.drop_column("outbox_message", "copies")
