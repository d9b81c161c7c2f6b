"""Drafts of applications at a portal, and their files."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("number", sa.String(40), primary_key=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("matter", sa.String(64), nullable=False),
        sa.Column("matter_version", sa.String(32), nullable=False),
        sa.Column("code_hash", sa.String(200), nullable=False),
        sa.Column("entered", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("filing_id", sa.String(36), unique=True),
    )
    condition = sa.text("state = 'open'")
    op.create_index("draft_ending", "draft", ["ends_at"], postgresql_where=condition, sqlite_where=condition)
    op.create_table(
        "draft_file",
        sa.Column("file_id", sa.String(36), primary_key=True),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("material", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scanned", sa.String(80), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("claim", sa.Text),
    )
    op.create_index("draft_file_of", "draft_file", ["number", "position"])


def downgrade() -> None:
    op.drop_table("draft_file")
    op.drop_table("draft")
