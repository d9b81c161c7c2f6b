"""Where a request stands, and that a member is drained: rows, filled from the journal and from meta, where they were."""

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_SENT, _CAME, _FORWARDED, _ANSWERED = "request-sent", "request-received", "request-forwarded", "request-answered"
_STANDS = sa.text("state != 'lifted'")


def upgrade() -> None:
    op.create_table(
        "request",
        sa.Column("request_id", sa.String(36), primary_key=True),
        sa.Column("seat", sa.String(8), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(120)),
        sa.Column("source", sa.String(120)),
        sa.Column("message_id", sa.String(36)),
        sa.Column("digest", sa.String(64)),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(120)),
        sa.Column("answer_id", sa.String(36)),
        sa.Column("answered_at", sa.BigInteger()),
    )
    op.create_index("request_page", "request", ["seat", "state", "recorded_at", "request_id"])
    op.create_index("request_recent", "request", ["recorded_at", "request_id"])
    op.create_table(
        "request_forward",
        sa.Column("request_id", sa.String(36), primary_key=True),
        sa.Column("passed_by", sa.String(120), primary_key=True),
        sa.Column("passed_to", sa.String(120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("passed_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "drain",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.BigInteger()),
        sa.Column("unsent", sa.Integer()),
        sa.Column("unanswered", sa.Integer()),
        sa.Column("at_rest", sa.Integer()),
        sa.Column("lifted_by", sa.Text()),
        sa.Column("lifted_at", sa.BigInteger()),
    )
    op.create_index(
        "drain_standing", "drain", ["state"], unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS
    )  # fmt: skip
    connection = op.get_bind()
    _carry_requests(connection)
    _carry_drain(connection)


def _carry_requests(connection: sa.Connection) -> None:
    """Of a request that came or was sent, the first line counts, and the first of each who passed it on, as before."""
    names = ("id", "at", "event", "case_number", "message_id", "detail")
    journal = sa.table("journal", *map(sa.column, names))
    kinds = (_SENT, _CAME, _FORWARDED, _ANSWERED)
    lines = connection.execute(sa.select(journal).where(journal.c.event.in_(kinds)).order_by(journal.c.id)).all()
    requests: dict[str, dict[str, object]] = {}
    forwards: dict[tuple[str, str], dict[str, object]] = {}
    for line in lines:
        facts = json.loads(line.detail)
        row = requests.setdefault(line.case_number, _request(line.case_number, line.at))
        if line.event == _CAME and row["message_id"] is None:
            row |= {"seat": "asked", "recorded_at": line.at, "message_id": line.message_id}
            row |= {name: facts[name] for name in ("origin", "source", "digest")}
            row["path"] = json.dumps(facts["path"], ensure_ascii=False)
        elif line.event == _FORWARDED:
            forward = {"request_id": line.case_number, "passed_by": facts["by"], "passed_to": facts["to"]}
            forward |= {"message_id": line.message_id or "", "passed_at": line.at, "position": len(forwards)}
            forwards.setdefault((line.case_number, facts["by"]), forward)
            row["state"] = "answered" if row["answer_id"] else "forwarded"
        elif line.event == _ANSWERED and row["answer_id"] is None:
            row |= {"state": "answered", "answered_by": facts["by"], "answer_id": line.message_id}
            row["answered_at"] = line.at
    for name, rows in (("request", requests.values()), ("request_forward", forwards.values())):
        table = sa.table(name, *map(sa.column, next(iter(rows), {})))
        for row in rows:
            connection.execute(table.insert().values(row))


def _request(request_id: str, at: int) -> dict[str, object]:
    empty = dict.fromkeys(
        ("origin", "source", "message_id", "digest", "answered_by", "answer_id", "answered_at")
    )  # fmt: skip
    return {"request_id": request_id, "seat": "origin", "state": "open", "recorded_at": at, "path": "[]", **empty}


def _carry_drain(connection: sa.Connection) -> None:
    meta = sa.table("meta", sa.column("key"), sa.column("value"))
    kept = {row.key: row.value for row in connection.execute(sa.select(meta.c.key, meta.c.value))}
    if kept.get("drain"):
        wish = json.loads(kept["drain"])
        left = json.loads(kept["drain-left"]) if kept.get("drain-left") else {}
        row = {"asked_by": wish["by"], "asked_at": _micros(wish["at"]), "reason": wish["reason"]}
        row |= {"state": "stopped" if left else "asked", "stopped_at": _micros(wish["at"]) if left else None}
        row |= {name: left.get(name) for name in ("unsent", "unanswered", "at_rest")}
        connection.execute(sa.table("drain", *map(sa.column, row)).insert().values(row))
    if "drain" in kept:
        connection.execute(meta.delete().where(meta.c.key.in_(("drain", "drain-left"))))


def _micros(text: str) -> int:
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def downgrade() -> None:
    for table in ("drain", "request_forward", "request"):
        op.drop_table(table)
