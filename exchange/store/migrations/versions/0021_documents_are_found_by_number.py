"""Documents are found by their numbers: a column beside the signed bytes, filled from what is on record."""

import sqlalchemy as sa
from alembic import op

from exchange.envelope.numbers import KINDS, number_in
from exchange.store.codec import split

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_AT_ONCE = 200
_WHERE = sa.text("number IS NOT NULL")


def upgrade() -> None:
    op.add_column("document", sa.Column("number", sa.Text(), nullable=True))
    _fill(op.get_bind())
    op.create_index(
        "document_numbered", "document", ["recorded_at", "id", "number"], sqlite_where=_WHERE, postgresql_where=_WHERE
    )


def _fill(connection: sa.Connection) -> None:
    names = ("id", "kind", "signed", "enclosures", "number")
    document = sa.table("document", *map(sa.column, names))
    last = 0
    while rows := connection.execute(
        sa.select(document.c.id, document.c.kind, document.c.signed, document.c.enclosures)
        .where(document.c.id > last, document.c.kind.in_(sorted(KINDS)))
        .order_by(document.c.id)
        .limit(_AT_ONCE)
    ).all():
        last = rows[-1].id
        for row in rows:
            number = number_in(row.kind, bytes(row.signed), split(bytes(row.enclosures)))
            if number is not None:
                connection.execute(document.update().where(document.c.id == row.id).values(number=number))


def downgrade() -> None:
    op.drop_index("document_numbered", table_name="document")
    op.drop_column("document", "number")
