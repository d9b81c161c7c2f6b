"""The journal as a log: tiles of hashes and signed heads. What is in the journal by now is only claimed by them."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_tile",
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "log_head",
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("last_id", sa.BigInteger, nullable=False),
        sa.Column("signed", sa.LargeBinary, nullable=False),
        sa.Column("root_signature", sa.LargeBinary, nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
    )
    connection = op.get_bind()
    claimed = connection.scalar(sa.text("SELECT count(*) FROM journal"))
    if claimed:
        said = sa.text("INSERT INTO meta (key, value) VALUES ('log-claimed', :claimed)")
        connection.execute(said, {"claimed": str(claimed)})


def downgrade() -> None:
    op.execute("DELETE FROM meta WHERE key = 'log-claimed'")
    op.drop_table("log_head")
    op.drop_table("log_tile")
