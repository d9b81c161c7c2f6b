"""Whose messages a member keeps out, since when, and who closed that."""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sender_breaker",
        sa.Column("source", sa.String(255), primary_key=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("breach", sa.String(12), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("shed", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("closed_by", sa.Text()),
    )


def downgrade() -> None:
    op.drop_table("sender_breaker")
