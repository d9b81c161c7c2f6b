"""Dead letters are known by the digest of their bytes, and of what proves nobody only the beginning is kept."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_OPEN = sa.text("discarded_at IS NULL AND unproved IS NULL")
_AT_ONCE = 50
_NEXT = sa.text("SELECT id, envelope FROM dead_letter WHERE id > :after ORDER BY id LIMIT :most")
_SET = sa.text("UPDATE dead_letter SET digest = :digest, octets = :octets WHERE id = :id")


def upgrade() -> None:
    op.add_column("dead_letter", sa.Column("digest", sa.String(64)))
    op.add_column("dead_letter", sa.Column("octets", sa.BigInteger()))
    op.add_column("dead_letter", sa.Column("unproved", sa.Boolean()))
    connection, after = op.get_bind(), 0
    while rows := connection.execute(_NEXT, {"after": after, "most": _AT_ONCE}).all():
        found = [(id, bytes(envelope)) for id, envelope in rows]
        connection.execute(
            _SET,
            [
                {"id": id, "digest": hashlib.sha256(envelope).hexdigest(), "octets": len(envelope)}
                for id, envelope in found
            ],
        )
        after = rows[-1][0]
    op.create_index("ix_dead_letter_digest", "dead_letter", ["digest"])
    op.create_index(
        "dead_letter_perhaps_proved", "dead_letter", ["sender", "kind", "id"],
        sqlite_where=_OPEN, postgresql_where=_OPEN,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("dead_letter_perhaps_proved", "dead_letter")
    op.drop_index("ix_dead_letter_digest", "dead_letter")
    for name in ("unproved", "octets", "digest"):
        op.drop_column("dead_letter", name)
