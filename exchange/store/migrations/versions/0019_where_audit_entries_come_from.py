"""Entries of the audit log say where they came from; those that are there stay as they are, of version 1."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit_entry", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("audit_entry", sa.Column("source", sa.String(length=20), server_default="", nullable=False))
    op.add_column("audit_entry", sa.Column("origin", sa.Text(), server_default="", nullable=False))
    op.create_index("audit_entry_from", "audit_entry", ["source", "seq"], unique=False)


def downgrade() -> None:
    op.drop_index("audit_entry_from", table_name="audit_entry")
    for column in ("origin", "source", "version"):
        op.drop_column("audit_entry", column)
