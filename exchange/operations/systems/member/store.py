"""What department systems leave in a member's store: answers under keys, leases, and lists in keyset pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, and_, delete, func, insert, literal, or_, select, tuple_, update

from exchange.approval.department.records import DeskRow
from exchange.approval.department.tables import desk
from exchange.approval.records import CaseRow
from exchange.approval.rules.states import CaseState
from exchange.approval.statements import CASE_COLUMNS
from exchange.approval.tables import case_file
from exchange.messaging.documents import stored
from exchange.messaging.records import StoredDocument
from exchange.messaging.tables import document, inbox
from exchange.operations.systems.member.records import SETTLED, DocumentLine, GivenAnswer, LeasedMessage
from exchange.operations.systems.member.tables import api_answer, api_lease

_a, _l, _d, _i = api_answer.c, api_lease.c, document.c, inbox.c
_RECEIPT = "receipt"
_LAPSED_AT_ONCE = 500
_DESK = [desk.c[field.name] for field in fields(DeskRow)]
_UNTAKEN = (_i.taken_at.is_(None), _i.kind != _RECEIPT, _i.accepted.is_(True))
# Not by an index of directions: SQLite would go through all that was ever received.
_OF_INBOX = and_(_d.message_id == _i.message_id, _d.sender == _i.sender, _d.direction + "" == "received")
_LINE = (_d.sender, _d.message_id, _d.direction, _d.conversation_id, _d.kind, _d.recorded_at)
_ACCEPTED = func.coalesce(_i.accepted, True).label("accepted")
_KEPT = select(_d.id.label("position"), *_LINE, _ACCEPTED).select_from(
    document.outerjoin(inbox, and_(_OF_INBOX, _d.direction == "received"))
)


class GivenAnswers:
    """Answers under idempotency keys, each kept in the transaction of its effect."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, key: str, since: datetime) -> GivenAnswer | None:
        """Return the answer under a key, unless it is older than ``since``."""
        row = self._db.execute(select(api_answer).where(_a.key == key, _a.given_at >= since)).first()
        return GivenAnswer(*row) if row else None

    def keep(self, answer: GivenAnswer, since: datetime) -> None:
        """Keep an answer, in place of any older than ``since``; those are dropped."""
        self._db.execute(delete(api_answer).where(_a.given_at < since))
        self._db.execute(
            insert(api_answer).values(
                key=answer.key,
                fingerprint=answer.fingerprint,
                status=answer.status,
                answer=answer.answer,
                given_at=answer.given_at,
            )
        )


class Leases:
    """Messages that nobody has taken yet, and what of them is out on lease."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def waiting(self, after: int, limit: int) -> list[DocumentLine]:
        query = (
            select(_i.id.label("position"), *_LINE, _i.accepted)
            .select_from(inbox.join(document, _OF_INBOX))
            .where(*_UNTAKEN, _i.id > after)
            .order_by(_i.id)
            .limit(limit)
        )
        return [_line(row) for row in self._db.execute(query)]

    def lease(self, lease_id: str, limit: int, now: datetime, until: datetime) -> list[StoredDocument]:
        leased = and_(_l.message_id == _i.message_id, _l.sender == _i.sender)
        query = (
            select(document)
            .select_from(inbox.join(document, _OF_INBOX).outerjoin(api_lease, leased))
            .where(*_UNTAKEN, or_(_l.until.is_(None), _l.until <= now))
            .order_by(_i.id)
            .limit(limit)
        )
        found = [stored(row) for row in self._db.execute(query)]
        for one in found:
            key = {"message_id": one.message_id, "sender": one.sender}
            here = (_l.message_id == one.message_id, _l.sender == one.sender)
            values = {"lease_id": lease_id, "until": until, "acknowledged_at": None}
            if not self._db.execute(update(api_lease).where(*here).values(values)).rowcount:
                self._db.execute(insert(api_lease).values(key | values))
        return found

    def of(self, lease_id: str) -> list[LeasedMessage]:
        query = (
            select(_l.sender, _l.message_id, _l.until, _l.acknowledged_at)
            .select_from(api_lease.join(inbox, and_(_l.message_id == _i.message_id, _l.sender == _i.sender)))
            .where(_l.lease_id == lease_id)
            .order_by(_i.id)
        )
        return [LeasedMessage(*row) for row in self._db.execute(query)]

    def acknowledge(self, lease_id: str, keys: Collection[tuple[str, str]], now: datetime) -> None:
        for sender, message_id in keys:
            here = (_l.lease_id == lease_id, _l.sender == sender, _l.message_id == message_id)
            self._db.execute(update(api_lease).where(*here, _l.acknowledged_at.is_(None)).values(acknowledged_at=now))

    def forget(self, before: datetime) -> None:
        self._db.execute(delete(api_lease).where(_l.until < before, _l.until > SETTLED))

    def release(self, lease_id: str, now: datetime) -> int:
        held = (_l.lease_id == lease_id, _l.acknowledged_at.is_(None), _l.until > now)
        return self._db.execute(update(api_lease).where(*held).values(until=SETTLED)).rowcount

    def settle_lapsed(self, now: datetime) -> list[LeasedMessage]:
        """Return what was on a lease that is over and was not acknowledged; each is returned once a lease."""
        over = (_l.until <= now, _l.until > SETTLED, _l.acknowledged_at.is_(None))
        rows = self._db.execute(
            select(_l.sender, _l.message_id, _l.until, _l.acknowledged_at).where(*over).limit(_LAPSED_AT_ONCE)
        ).all()
        found = [LeasedMessage(*row) for row in rows]
        for one in found:
            here = (_l.sender == one.sender, _l.message_id == one.message_id)
            self._db.execute(update(api_lease).where(*here, *over).values(until=SETTLED))
        return found


class InboxPages:
    """Lists in keyset pages: documents, cases, and a department's desk."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def documents(self, before: int | None, limit: int) -> list[DocumentLine]:
        query = _KEPT.where(_d.kind != _RECEIPT).order_by(_d.id.desc()).limit(limit)
        return self._lines(query if before is None else query.where(_d.id < before))

    def recorded_after(self, position: int, limit: int) -> list[DocumentLine]:
        return self._lines(_KEPT.where(_d.id > position).order_by(_d.id).limit(limit))

    def last_position(self) -> int:
        return self._db.scalar(select(func.max(_d.id))) or 0

    def cases(self, before: tuple[datetime, str] | None, limit: int, state: CaseState | None = None) -> list[CaseRow]:
        c = case_file.c
        query = select(*CASE_COLUMNS).order_by(c.opened_at.desc(), c.number.desc()).limit(limit)
        if state is not None:
            query = query.where(c.state == state)
        if before is not None:
            query = query.where(tuple_(c.opened_at, c.number) < tuple_(*_bound(case_file.c.opened_at, before)))
        return [CaseRow(**row._mapping) for row in self._db.execute(query)]

    def desk(self, before: tuple[datetime, str] | None, limit: int) -> list[DeskRow]:
        c = desk.c
        query = select(*_DESK).order_by(c.received_at.desc(), c.case_number.desc()).limit(limit)
        if before is not None:
            query = query.where(tuple_(c.received_at, c.case_number) < tuple_(*_bound(c.received_at, before)))
        return [DeskRow(**row._mapping) for row in self._db.execute(query)]

    def _lines(self, query: Any) -> list[DocumentLine]:
        return [_line(row) for row in self._db.execute(query)]


def _bound(column: Any, before: tuple[datetime, str]) -> tuple[Any, Any]:
    """The two values of a keyset, each bound as its column keeps it."""
    return literal(before[0], column.type), literal(before[1], String())


def _line(row: Any) -> DocumentLine:
    return DocumentLine(
        row.position, row.sender, row.message_id, row.direction, row.conversation_id, row.kind, row.recorded_at,
        bool(row.accepted),
    )  # fmt: skip
