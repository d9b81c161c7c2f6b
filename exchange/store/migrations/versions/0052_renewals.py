"""Renewals of licences that are asked for at a window."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "renewal",
        sa.Column("portal", sa.String(120), primary_key=True),
        sa.Column("number", sa.String(40), primary_key=True),
        sa.Column("licence", sa.String(80), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("in_time", sa.Boolean, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("look_at", sa.BigInteger),
        sa.Column("authorisation_id", sa.String(36)),
        sa.Column("decision_id", sa.String(36)),
        sa.Column("settled_at", sa.BigInteger),
    )
    op.create_index("renewal_licence", "renewal", ["licence", "state"])
    only = sa.text("look_at IS NOT NULL")
    op.create_index("renewal_to_look_at", "renewal", ["look_at"], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_table("renewal")
