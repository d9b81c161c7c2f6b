"""Dead letters can be discarded by two people; departments and kinds of message can be held."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OPEN, _DISCARDED = sa.text("discarded_at IS NULL"), sa.text("discarded_at IS NOT NULL")
_STANDING = sa.text("released_at IS NULL")
_PUT_TO = sa.text("state IN ('issued', 'signed')")
_INDEXES = (
    ("dead_letter_open", "dead_letter", ["id"], _OPEN),
    ("dead_letter_cause", "dead_letter", ["reason_code", "id"], _OPEN),
    ("dead_letter_counts", "dead_letter", ["reason_code", "stage", "first_at", "last_at", "proposed_at"], _OPEN),
    ("dead_letter_discarded", "dead_letter", ["id"], _DISCARDED),
    ("hold_standing", "hold", ["held_at"], _STANDING),
    ("part_running", "part", ["department", "due_at"], _PUT_TO),
    ("part_running_due", "part", ["due_at"], _PUT_TO),
)
_COLUMNS = {
    "proposed_by": sa.Text,
    "proposed_at": sa.BigInteger,
    "proposed_why": sa.Text,
    "discarded_by": sa.Text,
    "discarded_at": sa.BigInteger,
}


def upgrade() -> None:
    for name, kind in _COLUMNS.items():
        op.add_column("dead_letter", sa.Column(name, kind(), nullable=True))
    op.create_table(
        "hold",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("addressee", sa.String(length=120), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_by", sa.Text(), nullable=False),
        sa.Column("held_at", sa.BigInteger(), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index("ix_hold_held_at", "hold", ["held_at"], unique=False)
    for name, table, columns, where in _INDEXES:
        op.create_index(name, table, columns, unique=False, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, table, _, _ in reversed(_INDEXES):
        op.drop_index(name, table_name=table)
    op.drop_table("hold")
    for name in reversed(_COLUMNS):
        op.drop_column("dead_letter", name)
