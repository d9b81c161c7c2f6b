"""Indexes by which the figures of a window are counted, and the figures of matters that a portal shows."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_INDEXES = {
    "part_issued": ("part", ["issued_at", "case_number", "department"], "issued_at IS NOT NULL"),
    "case_file_decided": ("case_file", ["decided_at", "number"], "decided_at IS NOT NULL"),
}


def upgrade() -> None:
    for name, (table, columns, where) in _INDEXES.items():
        only = sa.text(where)
        op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)
    op.create_table(
        "shown_figures",
        sa.Column("matter", sa.String(64), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("shown_figures")
    for name, (table, *_) in _INDEXES.items():
        op.drop_index(name, table)
