"""A webhook's secret can be replaced: the one before signs too for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhook", sa.Column("previous_secret", sa.String(length=80), nullable=True))
    op.add_column("webhook", sa.Column("previous_until", sa.BigInteger(), nullable=True))
