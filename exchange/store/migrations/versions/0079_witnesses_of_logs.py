"""Witnesses of members' logs: who witnesses the own one, what they have countersigned, and what is held of others."""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_witness",
        sa.Column("address", sa.String(120), primary_key=True),
        sa.Column("chosen_at", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("offered_at", sa.BigInteger),
    )
    op.create_table(
        "log_cosignature",
        sa.Column("witness", sa.String(120), primary_key=True),
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("signed", sa.LargeBinary, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "log_held",
        sa.Column("origin", sa.String(120), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("signed", sa.LargeBinary, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "log_dispute",
        sa.Column("origin", sa.String(120), primary_key=True),
        sa.Column("standing", sa.String(40), primary_key=True),
        sa.Column("witness", sa.String(120), primary_key=True),
        sa.Column("found_at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("held", sa.LargeBinary, nullable=False),
        sa.Column("shown", sa.LargeBinary, nullable=False),
        sa.Column("growth", sa.LargeBinary, nullable=False),
        sa.Column("settled_at", sa.BigInteger),
    )


def downgrade() -> None:
    for table in ("log_dispute", "log_held", "log_cosignature", "log_witness"):
        op.drop_table(table)
