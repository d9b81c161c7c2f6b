"""The register of documents, numbered within each year, and who has read what is put round."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register",
        sa.Column("direction", sa.String(8), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.String(120), nullable=False),
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("correspondents", sa.Text(), nullable=False),
        sa.UniqueConstraint("message_id", "sender", "direction"),
    )
    op.create_table(
        "circulation",
        sa.Column("message_id", sa.String(36), primary_key=True),
        sa.Column("sender", sa.String(120), primary_key=True),
        sa.Column("officer", sa.String(64), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("put_by", sa.Text(), nullable=False),
        sa.Column("put_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("read_at", sa.BigInteger()),
    )


def downgrade() -> None:
    op.drop_table("circulation")
    op.drop_table("register")
