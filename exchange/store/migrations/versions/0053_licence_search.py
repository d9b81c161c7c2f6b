"""Indexes by which a licence is found by its number alone, and a holder's licences by the code that is shown of it."""

from alembic import op

revision = "0053"
down_revision = "0051"
branch_labels = None
depends_on = None

_INDEXES = {
    "licence_number": ["number", "issuer"],
    "licence_shown_code": ["shown_code", "issued_at", "number", "issuer"],
}


def upgrade() -> None:
    for name, columns in _INDEXES.items():
        op.create_index(name, "licence", columns)


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(name, "licence")
