"""Which bytes of a message a line of the journal is about: the log then proves more than its id."""

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("journal", sa.Column("message_digest", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("journal", "message_digest")
