"""Indexes over what stands and needs somebody: rules that failed, requests not signed for, terms without an end."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_INDEXES = {
    "desk_rule_failed": ("desk", ["received_at", "case_number"], "state = 'waiting' AND rule_error IS NOT NULL"),
    "part_unsigned": ("part", ["issued_at", "case_number"], "state = 'issued'"),
    "part_undated": ("part", ["signed_at", "case_number"], "state = 'signed' AND due_at IS NULL"),
    "joint_open": ("joint", ["received_at"], "state = 'open'"),
}


def upgrade() -> None:
    for name, (table, columns, where) in _INDEXES.items():
        condition = sa.text(where)
        op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    for name, (table, _, _) in reversed(_INDEXES.items()):
        op.drop_index(name, table)
