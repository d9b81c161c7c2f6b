"""Who at a provider, by which people may sign in, is which account."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_subject",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("bound_by", sa.String(40), nullable=False),
        sa.Column("bound_at", sa.BigInteger, nullable=False),
    )
    op.create_index("account_subject_of", "account_subject", ["account"])


def downgrade() -> None:
    op.drop_table("account_subject")
