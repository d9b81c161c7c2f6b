"""Which notice one replaces: the earlier one may come after it."""

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("replaces", sa.String(36)))
    op.create_index(
        "notice_replacing", "notice", ["replaces"],
        sqlite_where=sa.text("replaces IS NOT NULL"), postgresql_where=sa.text("replaces IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("notice_replacing", "notice")
    op.drop_column("notice", "replaces")
