"""Messages that passed a notice on beside the first one, where a level has more authorities than a message can address."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_copy",
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("notice_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_notice_copy")),
    )


def downgrade() -> None:
    op.drop_table("notice_copy")
