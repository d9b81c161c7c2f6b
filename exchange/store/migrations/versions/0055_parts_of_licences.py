"""Licences are found by parts of their numbers and of what is shown of their holders, and the answers about them by
their numbers; both from what is on record.
"""

from unicodedata import normalize

import sqlalchemy as sa
from alembic import op

from exchange.envelope.document import payload_of
from exchange.envelope.strict import read_json

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

_AT_ONCE = 2_000


def upgrade() -> None:
    op.create_table(
        "licence_part",
        sa.Column("part", sa.String(4), primary_key=True),
        sa.Column("issued_at", sa.BigInteger(), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "licence_told",
        sa.Column("number", sa.String(80), primary_key=True),
        sa.Column("at", sa.BigInteger(), primary_key=True),
        sa.Column("message_id", sa.String(36), primary_key=True),
        sqlite_with_rowid=False,
    )
    _fill_parts(op.get_bind())
    _fill_told(op.get_bind())


def _fill_parts(connection: sa.Connection) -> None:
    licence = sa.table("licence", *map(sa.column, ("issuer", "number", "shown_name", "issued_at")))
    part = sa.table("licence_part", *map(sa.column, ("part", "issued_at")))
    place = sa.tuple_(licence.c.issued_at, licence.c.number, licence.c.issuer)
    rows = sa.select(licence.c.issued_at, licence.c.number, licence.c.issuer, licence.c.shown_name).order_by(*place)
    last: sa.Tuple | None = None
    before: set[tuple[str, int]] = set()
    while found := connection.execute((rows if last is None else rows.where(place > last)).limit(_AT_ONCE)).all():
        parts = {(one, row.issued_at) for row in found for text in (row.number, row.shown_name) for one in _parts(text)}
        new = sorted(parts - before)
        if new:
            connection.execute(part.insert(), [{"part": one, "issued_at": at} for one, at in new])
        last = sa.tuple_(*map(sa.literal, found[-1][:3]))
        before = {one for one in parts | before if one[1] == found[-1].issued_at}


def _parts(text: str) -> set[str]:
    """Two signs each, and three where all are ASCII: as they were counted when this was written."""
    folded = "".join(normalize("NFKC", sign).upper() for sign in text)
    threes = {folded[at : at + 3] for at in range(len(folded) - 1)}
    return {three if three.isascii() else three[:2] for three in threes}


def _fill_told(connection: sa.Connection) -> None:
    document = sa.table("document", *map(sa.column, ("id", "kind", "direction", "message_id", "signed", "recorded_at")))
    told = sa.table("licence_told", *map(sa.column, ("number", "at", "message_id")))
    answers = (
        sa.select(document.c.id, document.c.message_id, document.c.signed, document.c.recorded_at)
        .where(document.c.kind == "licence-answer", document.c.direction == "sent", document.c.id > sa.bindparam("last"))
        .order_by(document.c.id).limit(_AT_ONCE)
    )  # fmt: skip
    last = 0
    while found := connection.execute(answers, {"last": last}).all():
        last = found[-1].id
        for row in found:
            body = read_json(payload_of(bytes(row.signed)), "licence-answer")
            numbers = {body.get("number"), *(one["number"] for one in body.get("licences", ()))} - {None}
            for number in sorted(numbers):
                values = {"number": number, "at": row.recorded_at, "message_id": row.message_id}
                connection.execute(told.insert().values(values))


def downgrade() -> None:
    op.drop_table("licence_told")
    op.drop_table("licence_part")
