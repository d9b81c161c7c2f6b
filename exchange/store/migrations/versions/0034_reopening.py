"""Cases that are taken up again after they were closed."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_file", sa.Column("reopened_at", sa.BigInteger()))
    op.add_column("part", sa.Column("ledger_from", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "reopening",
        sa.Column("case_number", sa.String(64), primary_key=True),
        sa.Column("round", sa.Integer(), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("ordered_by", sa.String(40), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("order_named", sa.Text()),
        sa.Column("former_state", sa.String(40), nullable=False),
        sa.Column("former_id", sa.String(36)),
        sa.Column("former_outcome", sa.String(40)),
        sa.Column("former_at", sa.BigInteger()),
        sa.Column("notice_id", sa.String(36)),
    )


def downgrade() -> None:
    op.drop_table("reopening")
    op.drop_column("part", "ledger_from")
    op.drop_column("case_file", "reopened_at")
