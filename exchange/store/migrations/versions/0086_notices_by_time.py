"""Notices in the order in which they came, whatever their seat and state: of very many the newest are read first."""

from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("notice_received", "notice", ["received_at", "notice_id"])


def downgrade() -> None:
    op.drop_index("notice_received", "notice")
