"""Substitutes: who has a request in a department's place, and who gave the opinion in its name."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_PART, _DESK = ("substitute", "given_by", "late_given_by"), {"acts_for": 120, "copy_id": 36}


def upgrade() -> None:
    for name in _PART:
        op.add_column("part", sa.Column(name, sa.String(120)))
    for name, length in _DESK.items():
        op.add_column("desk", sa.Column(name, sa.String(length)))


def downgrade() -> None:
    for name in _DESK:
        op.drop_column("desk", name)
    for name in _PART:
        op.drop_column("part", name)
