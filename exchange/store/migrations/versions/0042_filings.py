"""Filings at a window: what came in by a portal, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "filing",
        sa.Column("portal", sa.String(120), primary_key=True),
        sa.Column("number", sa.String(40), primary_key=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("matter", sa.String(64), nullable=False),
        sa.Column("matter_version", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("filing_id", sa.String(36), nullable=False),
        sa.Column("last_id", sa.String(36), nullable=False),
        sa.Column("applicant", sa.Text, nullable=False),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("complete_at", sa.BigInteger, nullable=False),
        sa.Column("tell_by", sa.BigInteger),
        sa.Column("told_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("outcome", sa.String(40)),
        sa.Column("acceptance_id", sa.String(36)),
        sa.Column("case_number", sa.String(64), unique=True),
        sa.Column("serial", sa.Integer, nullable=False),
        sa.Column("told", sa.String(64)),
        sa.Column("changed_at", sa.BigInteger),
        sa.Column("served_id", sa.String(36)),
        sa.Column("hearing_at", sa.BigInteger),
    )
    op.create_index("filing_recent", "filing", ["received_at", "portal", "number"])
    op.create_index("filing_state_recent", "filing", ["state", "received_at", "portal", "number"])
    _partial("filing_to_accept", "complete_at", "state = 'received'")
    _partial("filing_changed", "changed_at", "changed_at IS NOT NULL")


def _partial(name: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "filing", [column], postgresql_where=condition, sqlite_where=condition)


def downgrade() -> None:
    op.drop_table("filing")
