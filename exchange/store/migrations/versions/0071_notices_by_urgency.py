"""Notices by the day that they are to be dealt with, and forms that a member is still to answer.

Of what was signed for before, the notice's own day stands for that of the form, which is none later.
"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

_UNANSWERED = """
    UPDATE collection SET answer_by = (SELECT act_by FROM notice WHERE notice.notice_id = collection.notice_id)
    WHERE notice_id IN (SELECT notice_id FROM notice WHERE seat = 'reader' AND state = 'signed')
    AND NOT EXISTS (
        SELECT 1 FROM document
        WHERE conversation_id = collection.notice_id AND kind = 'form-answer' AND direction = 'sent'
    )
"""


def upgrade() -> None:
    op.add_column("collection", sa.Column("answer_by", sa.String(10)))
    op.execute(_UNANSWERED)
    awaited, undated = sa.text("answer_by IS NOT NULL"), sa.text("act_by IS NULL")
    op.create_index(
        "collection_awaited",
        "collection",
        ["answer_by", "notice_id"],
        sqlite_where=awaited,
        postgresql_where=awaited,
    )
    op.create_index("notice_by_day", "notice", ["seat", "state", "act_by", "notice_id"])
    op.create_index(
        "notice_undated",
        "notice",
        ["seat", "state", "received_at", "notice_id"],
        sqlite_where=undated,
        postgresql_where=undated,
    )


def downgrade() -> None:
    op.drop_index("notice_undated", "notice")
    op.drop_index("notice_by_day", "notice")
    op.drop_index("collection_awaited", "collection")
    op.drop_column("collection", "answer_by")
