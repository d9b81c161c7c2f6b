"""Open cases that may wait for their lead before they are ready, found by an index of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

_HELD_UP = """
UPDATE case_file SET held_up = true WHERE state = 'open' AND (
  EXISTS (SELECT 1 FROM part WHERE part.case_number = case_file.number AND (
    part.state = 'escalated' OR part.verdict = 'not-competent'
    OR part.correct_by IS NOT NULL OR part.review_at IS NOT NULL))
  OR EXISTS (SELECT 1 FROM filing WHERE filing.case_number = case_file.number AND filing.hearing_at IS NOT NULL)
  OR EXISTS (SELECT 1 FROM hearing WHERE hearing.case_number = case_file.number AND hearing.state = 'called')
  OR EXISTS (SELECT 1 FROM case_clock WHERE case_clock.case_number = case_file.number AND (
    case_clock.reminded_at IS NOT NULL OR case_clock.overrun_at IS NOT NULL
    OR case_clock.promise_over_at IS NOT NULL)))
"""


def _unsigned(columns: list[str]) -> None:
    """Led by its state as well, it is chosen without statistics, too."""
    only = sa.text("state = 'issued'")
    op.drop_index("part_unsigned", "part")
    op.create_index("part_unsigned", "part", columns, sqlite_where=only, postgresql_where=only)


def upgrade() -> None:
    op.add_column("case_file", sa.Column("held_up", sa.Boolean()))
    op.execute(_HELD_UP)
    only = sa.text("held_up IS NOT NULL")
    op.create_index("case_file_held_up", "case_file", ["opened_at", "number"], sqlite_where=only, postgresql_where=only)
    op.drop_index("case_clock_reminded", "case_clock")
    _unsigned(["state", "issued_at", "case_number"])


def downgrade() -> None:
    _unsigned(["issued_at", "case_number"])
    only = sa.text("reminded_at IS NOT NULL")
    op.create_index(
        "case_clock_reminded", "case_clock", ["reminded_at", "case_number"], sqlite_where=only, postgresql_where=only
    )
    op.drop_index("case_file_held_up", "case_file")
    op.drop_column("case_file", "held_up")
