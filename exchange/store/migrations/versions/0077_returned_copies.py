"""What was sent back to a member is read by when it came back, the latest first."""

from alembic import op
from sqlalchemy import text

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

_RETURNED = text("state = 'returned'")


def upgrade() -> None:
    op.create_index(
        "outbox_copy_returned", "outbox_copy", ["returned_at", "id"],
        sqlite_where=_RETURNED, postgresql_where=_RETURNED,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("outbox_copy_returned", "outbox_copy")
