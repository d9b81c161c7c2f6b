"""What search and boards look through: indexes in the order of their lists, and when a running term began."""

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_WAITING = sa.text("state IN ('written', 'sent')")
_ENDED = sa.text("state IN ('returned', 'failed')")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    op.create_index("document_recent", "document", ["direction", "recorded_at", "id"])
    op.create_index("document_kind_recent", "document", ["kind", "direction", "recorded_at", "id"])
    for name, where in (("outbox_copy_waiting", _WAITING), ("outbox_copy_ended", _ENDED)):
        op.create_index(name, "outbox_copy", ["written_at", "id"], sqlite_where=where, postgresql_where=where)
    op.drop_index("ix_case_file_opened_at", table_name="case_file")
    op.drop_index("ix_case_file_state", table_name="case_file")
    op.create_index("case_file_recent", "case_file", ["opened_at", "number"])
    op.create_index("case_file_state_recent", "case_file", ["state", "opened_at", "number"])
    op.add_column("part", sa.Column("started_at", sa.BigInteger(), nullable=True))
    op.drop_index("ix_part_state", table_name="part")
    op.create_index("part_standing", "part", ["state", "department", "due_at", "case_number", "started_at"])
    op.create_index("notice_recent", "notice", ["seat", "state", "received_at", "notice_id"])
    _begin_running_terms()


def _begin_running_terms() -> None:
    """The last start or restart in the ledger of each part whose term may run."""
    db = op.get_bind()
    entries = db.execute(
        sa.text(
            "SELECT l.case_number, l.department, l.entry FROM ledger l JOIN part p "
            "ON p.case_number = l.case_number AND p.department = l.department "
            "WHERE p.state IN ('issued', 'signed') ORDER BY l.case_number, l.department, l.position"
        )
    )
    began = {}
    for number, department, text in entries:
        entry = json.loads(text)
        if entry["kind"] in ("start", "restart"):
            since = datetime.fromisoformat(entry["at"]) - _EPOCH
            began[number, department] = since // timedelta(microseconds=1)
    change = sa.text("UPDATE part SET started_at = :at WHERE case_number = :number AND department = :department")
    for (number, department), at in began.items():
        db.execute(change, {"at": at, "number": number, "department": department})


def downgrade() -> None:
    op.drop_index("notice_recent", table_name="notice")
    op.drop_index("part_standing", table_name="part")
    op.create_index("ix_part_state", "part", ["state"])
    op.drop_column("part", "started_at")
    op.drop_index("case_file_state_recent", table_name="case_file")
    op.drop_index("case_file_recent", table_name="case_file")
    op.create_index("ix_case_file_state", "case_file", ["state"])
    op.create_index("ix_case_file_opened_at", "case_file", ["opened_at"])
    op.drop_index("outbox_copy_ended", table_name="outbox_copy")
    op.drop_index("outbox_copy_waiting", table_name="outbox_copy")
    op.drop_index("document_kind_recent", table_name="document")
    op.drop_index("document_recent", table_name="document")
