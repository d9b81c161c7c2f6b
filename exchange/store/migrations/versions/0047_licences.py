"""The register of licences, and the entries on them."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "licence",
        sa.Column("issuer", sa.String(120), primary_key=True),
        sa.Column("number", sa.String(80), primary_key=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("matter", sa.String(64), nullable=False),
        sa.Column("case_number", sa.String(64), nullable=False),
        sa.Column("shown_name", sa.Text(), nullable=False),
        sa.Column("shown_code", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.UniqueConstraint("issuer", "case_number", name="licence_of_case"),
    )
    op.create_index("licence_recent", "licence", ["issued_at", "number", "issuer"])
    op.create_index("licence_digest", "licence", ["digest"])
    op.create_index("licence_identifier", "licence", ["identifier"])
    op.create_table(
        "licence_entry",
        sa.Column("issuer", sa.String(120), primary_key=True),
        sa.Column("number", sa.String(80), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("change", sa.String(40), nullable=False),
        sa.Column("message_id", sa.String(36), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("licence_entry")
    op.drop_table("licence")
