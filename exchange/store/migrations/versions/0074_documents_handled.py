"""Documents that were sent back, or filed."""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document_handling",
        sa.Column("message_id", sa.String(36), primary_key=True),
        sa.Column("sender", sa.String(120), primary_key=True),
        sa.Column("handled_by", sa.String(120), primary_key=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("handled_at", sa.BigInteger, nullable=False),
        sa.Column("officer", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("return_id", sa.String(36)),
    )
    op.create_index("document_handling_page", "document_handling", ["state", "handled_at", "message_id"])


def downgrade() -> None:
    op.drop_table("document_handling")
