"""Supplementary reviews: until when a department reviews after its silence had effect, and what is to be told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("part", sa.Column("supplement_id", sa.String(36)))
    op.add_column("part", sa.Column("supplement_until", sa.BigInteger()))
    op.add_column("part", sa.Column("supplement_told", sa.Integer))
    op.create_index(
        "part_supplement",
        "part",
        ["supplement_until"],
        sqlite_where=sa.text("supplement_told IS NOT NULL"),
        postgresql_where=sa.text("supplement_told IS NOT NULL"),
    )
    op.add_column("desk", sa.Column("supplement_until", sa.BigInteger()))


def downgrade() -> None:
    op.drop_column("desk", "supplement_until")
    op.drop_index("part_supplement", "part")
    for name in ("supplement_told", "supplement_until", "supplement_id"):
        op.drop_column("part", name)
