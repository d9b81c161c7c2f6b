"""Drafts that are submitted for signature: by whom, who has written at them, who has looked over them."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("drafters", sa.Text, nullable=False, server_default="[]"),
        sa.Column("state", sa.String(20), nullable=False, server_default="written"),
        sa.Column("submitted_by", sa.String(40)),
        sa.Column("submitted_at", sa.BigInteger),
        sa.Column("looked_over_by", sa.String(40)),
        sa.Column("looked_over_at", sa.BigInteger),
        sa.Column("remark", sa.Text, nullable=False, server_default=""),
    ):
        op.add_column("kept_draft", column)
    op.create_index("kept_draft_submitted", "kept_draft", ["state", "submitted_at", "subject"])


def downgrade() -> None:
    op.drop_index("kept_draft_submitted", "kept_draft")
    for name in (
        "remark", "looked_over_at", "looked_over_by", "submitted_at", "submitted_by", "state", "drafters",
    ):  # fmt: skip
        op.drop_column("kept_draft", name)
