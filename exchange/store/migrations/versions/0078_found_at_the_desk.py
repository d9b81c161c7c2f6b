"""What was sent back to a member is read by when it came back, the latest first; and a filing is found by its number."""

from alembic import op
from sqlalchemy import text

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

_RETURNED = text("state = 'returned'")


def upgrade() -> None:
    op.create_index(
        "outbox_copy_returned", "outbox_copy", ["returned_at", "id"],
        sqlite_where=_RETURNED, postgresql_where=_RETURNED,
    )  # fmt: skip
    op.create_index("filing_number", "filing", ["number"])


def downgrade() -> None:
    op.drop_index("filing_number", "filing")
    op.drop_index("outbox_copy_returned", "outbox_copy")
