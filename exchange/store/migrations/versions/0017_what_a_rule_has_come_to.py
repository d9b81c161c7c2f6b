"""What the lead's rule has prepared on a case or decided, and what a rule failed with, on its case and on its desk."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_COLUMNS = (("case_file", "prepared"), ("case_file", "rule_error"), ("desk", "rule_error"))


def upgrade() -> None:
    for table, column in _COLUMNS:
        op.add_column(table, sa.Column(column, sa.Text()))
    op.add_column("case_file", sa.Column("by_rule", sa.Boolean()))


def downgrade() -> None:
    op.drop_column("case_file", "by_rule")
    for table, column in reversed(_COLUMNS):
        op.drop_column(table, column)
