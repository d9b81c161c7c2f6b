"""What consulted departments ask of applicants, once in a case."""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "supplement_request",
        sa.Column("window", sa.String(120), primary_key=True),
        sa.Column("case_number", sa.String(64), primary_key=True),
        sa.Column("department", sa.String(120), primary_key=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("request_id", sa.String(36), nullable=False, unique=True),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("answered_at", sa.BigInteger),
        sa.Column("answer_id", sa.String(36)),
        sa.Column("invitation_id", sa.String(36)),
        sa.Column("reasons", sa.Text),
        sa.Column("paper_id", sa.String(36)),
        sa.Column("came_at", sa.BigInteger),
    )
    only = sa.text("state = 'asked'")
    op.create_index(
        "supplement_request_asked", "supplement_request", ["asked_at", "case_number", "department"],
        sqlite_where=only, postgresql_where=only,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("supplement_request")
