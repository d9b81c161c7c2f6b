"""What officers have written at a desk and not signed yet."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_draft",
        sa.Column("subject", sa.String(120), primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("begun_by", sa.String(40), nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_kept_draft_changed_at", "kept_draft", ["changed_at"])


def downgrade() -> None:
    op.drop_table("kept_draft")
