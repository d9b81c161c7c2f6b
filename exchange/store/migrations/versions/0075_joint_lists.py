"""Joint documents as officers read them at a desk: list by list, the newest first."""

from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("joint_lists", "joint", ["seat", "state", "received_at", "joint_id"])


def downgrade() -> None:
    op.drop_index("joint_lists", "joint")
