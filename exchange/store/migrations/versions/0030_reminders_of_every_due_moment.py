"""A department is reminded anew when its due moment moves: reminders are told apart by their ids."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_ALL = """
    INSERT INTO reminder_anew (case_number, department, rung, message_id, at)
    SELECT case_number, department, rung, message_id, at FROM reminder
"""
_LATEST = """
    INSERT INTO reminder_anew (case_number, department, rung, message_id, at)
    SELECT case_number, department, rung, message_id, at FROM reminder
    WHERE NOT EXISTS (
        SELECT 1 FROM reminder other
        WHERE other.case_number = reminder.case_number AND other.department = reminder.department
        AND other.rung = reminder.rung
        AND (other.at > reminder.at OR (other.at = reminder.at AND other.message_id > reminder.message_id))
    )
"""


def upgrade() -> None:
    _replace(_columns("message_id", sa.Column("due_at", sa.BigInteger())), _ALL)


def downgrade() -> None:
    _replace(_columns("rung"), _LATEST)


def _columns(last_of_key: str, *more: sa.Column[object]) -> list[sa.Column[object] | sa.PrimaryKeyConstraint]:
    return [
        sa.Column("case_number", sa.String(64), nullable=False),
        sa.Column("department", sa.String(120), nullable=False),
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *more,
        sa.PrimaryKeyConstraint("case_number", "department", last_of_key),
    ]


def _replace(columns: list[sa.Column[object] | sa.PrimaryKeyConstraint], kept: str) -> None:
    op.create_table("reminder_anew", *columns)
    op.execute(kept)
    op.drop_table("reminder")
    op.rename_table("reminder_anew", "reminder")
