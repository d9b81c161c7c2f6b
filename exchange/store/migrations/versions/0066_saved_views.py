"""Views of lists that officers keep under a name."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("account", sa.String(40), primary_key=True),
        sa.Column("place", sa.String(80), primary_key=True),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("query", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("saved_view")
