"""Time-stamps over heads of the log, as their authorities sent them."""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_stamp",
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("authority", sa.String(200), nullable=False),
        sa.Column("stamped_at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.execute("DELETE FROM meta WHERE key = 'log-stamps-fail'")
    op.drop_table("log_stamp")
