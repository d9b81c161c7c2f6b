"""Who stands in for whom in an office. Nobody did before."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stand_in",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("absent", sa.String(40), nullable=False),
        sa.Column("stand_in", sa.String(40), nullable=False),
        sa.Column("since", sa.String(10), nullable=False),
        sa.Column("until", sa.String(10), nullable=False),
        sa.Column("matters", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.String(40), nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("ended_by", sa.String(40)),
    )
    op.create_index("stand_in_until", "stand_in", ["until", "number"])
    op.create_index("stand_in_by", "stand_in", ["stand_in", "until"])


def downgrade() -> None:
    op.drop_table("stand_in")
