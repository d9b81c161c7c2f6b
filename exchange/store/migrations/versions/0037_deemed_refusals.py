"""Silence that is refusal has a state of its own: parts that were deemed where the matter says so."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_DEEMED = sa.text(
    "SELECT part.case_number, part.department, part.added, case_file.matter, case_file.matter_version "
    "FROM part JOIN case_file ON case_file.number = part.case_number WHERE part.state = 'deemed'"
)
_MATTER = sa.text("SELECT value FROM meta WHERE key = :key")
_MOVE = sa.text("UPDATE part SET state = :state WHERE case_number = :number AND department = :department")
_BACK = sa.text("UPDATE part SET state = 'deemed' WHERE state = 'deemed-refusal'")


def upgrade() -> None:
    connection = op.get_bind()
    for number, department, added, code, version in connection.execute(_DEEMED).all():
        if _is_refusal(connection, department, added, f"matter:{code}:{version}"):
            connection.execute(_MOVE, {"state": "deemed-refusal", "number": number, "department": department})


def downgrade() -> None:
    op.get_bind().execute(_BACK)


def _is_refusal(connection: sa.Connection, department: str, added: str | None, key: str) -> bool:
    """What silence means is the matter's to say, as it stood when the case was opened, or its entry's that was added."""
    text = connection.scalar(_MATTER, {"key": key})
    approvers = [json.loads(added)] if added else json.loads(text)["approvers"] if text else []
    modes = {approver["department"]: approver.get("default") for approver in approvers}
    return modes.get(department) == "refusal"
