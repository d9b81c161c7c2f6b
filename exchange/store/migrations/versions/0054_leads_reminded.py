"""Of what the lead of a case was reminded: of its term, and of the delivery. Nothing was before."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

_COLUMNS = {
    "reminded_at": sa.BigInteger(),
    "reminded_stage": sa.Integer(),
    "reminded_due_at": sa.BigInteger(),
    "delivery_reminded_at": sa.BigInteger(),
    "delivery_reminded_stage": sa.Integer(),
}
_MARKS = {
    "reminded": ("reminded_at IS NOT NULL", ["reminded_at", "case_number"]),
    "delivery_reminded": (
        "delivery_reminded_at IS NOT NULL AND delivered_at IS NULL",
        ["delivery_reminded_at", "case_number"],
    ),
}


def upgrade() -> None:
    for name, type_ in _COLUMNS.items():
        op.add_column("case_clock", sa.Column(name, type_))
    for name, (where, columns) in _MARKS.items():
        only = sa.text(where)
        op.create_index(f"case_clock_{name}", "case_clock", columns, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    for name in _MARKS:
        op.drop_index(f"case_clock_{name}", "case_clock")
    for name in _COLUMNS:
        op.drop_column("case_clock", name)
