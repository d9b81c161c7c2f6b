"""How long a portal keeps the files of a case, what is to be removed from the claim store, and versions of matters."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0052"
branch_labels = None
depends_on = None

_KEPT = "kept_until IS NOT NULL AND emptied_at IS NULL"


def upgrade() -> None:
    op.add_column("draft", sa.Column("kept_until", sa.BigInteger()))
    op.add_column("draft", sa.Column("emptied_at", sa.BigInteger()))
    only = sa.text(_KEPT)
    op.create_index("draft_kept", "draft", ["kept_until"], sqlite_where=only, postgresql_where=only)
    op.create_table(
        "claim_removal",
        sa.Column("object_key", sa.String(64), primary_key=True),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "shown_matter",
        sa.Column("matter", sa.String(64), primary_key=True),
        sa.Column("version", sa.String(32), primary_key=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("shown_matter")
    op.drop_table("claim_removal")
    op.drop_index("draft_kept", "draft")
    op.drop_column("draft", "emptied_at")
    op.drop_column("draft", "kept_until")
