"""Clocks of whole cases, and the ledgers of their terms. What is decided already is not asked for its delivery."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_MARKS = {
    "look": ("look_at IS NOT NULL", ["look_at"]),
    "unexplained": ("promise_over_at IS NOT NULL AND explained_at IS NULL", ["promise_over_at", "case_number"]),
    "undelivered": ("undelivered_at IS NOT NULL AND delivered_at IS NULL", ["undelivered_at", "case_number"]),
    "overrun": ("overrun_at IS NOT NULL", ["overrun_at", "case_number"]),
}


def upgrade() -> None:
    op.create_table(
        "case_clock",
        sa.Column("case_number", sa.String(64), primary_key=True),
        sa.Column("look_at", sa.BigInteger()),
        sa.Column("overrun_at", sa.BigInteger()),
        sa.Column("promise_over_at", sa.BigInteger()),
        sa.Column("explained_at", sa.BigInteger()),
        sa.Column("explanation", sa.Text()),
        sa.Column("explained_by", sa.Text()),
        sa.Column("undelivered_at", sa.BigInteger()),
        sa.Column("delivered_at", sa.BigInteger()),
        sa.Column("delivered_to", sa.Text()),
        sa.Column("delivered_by", sa.Text()),
    )
    for name, (where, columns) in _MARKS.items():
        only = sa.text(where)
        op.create_index(f"case_clock_{name}", "case_clock", columns, sqlite_where=only, postgresql_where=only)
    op.create_table(
        "case_ledger",
        sa.Column("case_number", sa.String(64), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("entry", sa.Text(), nullable=False),
    )
    op.execute(
        "INSERT INTO case_clock (case_number, look_at) "
        "SELECT number, opened_at FROM case_file WHERE state IN ('open', 'ready')"
    )


def downgrade() -> None:
    op.drop_table("case_ledger")
    op.drop_table("case_clock")
