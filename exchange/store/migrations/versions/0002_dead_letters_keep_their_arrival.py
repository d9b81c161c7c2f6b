"""Dead letters keep when they arrived, and are found by message id and by sender."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dead_letter", sa.Column("arrived_earliest", sa.BigInteger(), nullable=True))
    op.add_column("dead_letter", sa.Column("arrived_latest", sa.BigInteger(), nullable=True))
    op.add_column("dead_letter", sa.Column("arrival_source", sa.String(length=20), nullable=True))
    op.create_index(op.f("ix_dead_letter_message_id"), "dead_letter", ["message_id"], unique=False)
    op.create_index(op.f("ix_dead_letter_sender"), "dead_letter", ["sender"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_dead_letter_sender"), table_name="dead_letter")
    op.drop_index(op.f("ix_dead_letter_message_id"), table_name="dead_letter")
    op.drop_column("dead_letter", "arrival_source")
    op.drop_column("dead_letter", "arrived_latest")
    op.drop_column("dead_letter", "arrived_earliest")
