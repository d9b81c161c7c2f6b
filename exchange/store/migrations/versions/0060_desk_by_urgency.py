"""Consultations on a department's desk in the order of their due moments, as its officers read them."""

from alembic import op

revision = "0060"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("desk_due", "desk", ["state", "due_at", "case_number"])


def downgrade() -> None:
    op.drop_index("desk_due", "desk")
