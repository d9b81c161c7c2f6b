"""Sessions in which applicants work on one number at the public window."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "number_session",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_number_session_number", "number_session", ["number"])
    op.create_index("ix_number_session_ends_at", "number_session", ["ends_at"])


def downgrade() -> None:
    op.drop_table("number_session")
