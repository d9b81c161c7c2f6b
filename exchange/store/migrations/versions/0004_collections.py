"""What notices ask for by a form, and what own authorities and lower levels have answered."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "collection",
        sa.Column("notice_id", sa.String(length=36), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_collection")),
    )
    op.create_index(
        "collection_changed",
        "collection",
        ["notice_id"],
        unique=False,
        sqlite_where=sa.text("changed"),
        postgresql_where=sa.text("changed"),
    )
    op.create_table(
        "collection_answer",
        sa.Column("notice_id", sa.String(length=36), nullable=False),
        sa.Column("body", sa.String(length=120), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.Column("proof_id", sa.String(length=36), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", "body", name=op.f("pk_collection_answer")),
    )
    op.create_table(
        "collection_branch",
        sa.Column("notice_id", sa.String(length=36), nullable=False),
        sa.Column("domain", sa.String(length=120), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("aggregate", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("notice_id", "domain", name=op.f("pk_collection_branch")),
    )


def downgrade() -> None:
    op.drop_table("collection_branch")
    op.drop_table("collection_answer")
    op.drop_index("collection_changed", table_name="collection")
    op.drop_table("collection")
