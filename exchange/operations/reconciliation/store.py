"""What a store knows of every message, in the order of message ids and a page at a time, for the reconciliation.

Nothing is sorted: each stream follows an index, and what a fact needs from another table is looked up by its key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, func, literal, or_, select, tuple_

from exchange.approval.records import COPIED
from exchange.approval.rules.states import BY_SILENCE, PartState
from exchange.approval.tables import case_file, part
from exchange.messaging.owed.tables import owed_batch
from exchange.messaging.tables import dead_letter, document, inbox, outbox_copy, outbox_message
from exchange.operations.reconciliation.facts import (
    CopyFact,
    DeadFact,
    Fact,
    MessageFact,
    PartFact,
    StrayFact,
    TakenFact,
)
from exchange.operations.reconciliation.records import FactPage, FactStream
from exchange.schemas import Consultation
from exchange.store.tables import journal

_ID_LENGTH = 36
"""Of a message id; dead letters may bear anything instead, which is then no message of ours."""
_TRANSIT = "transit"

_c, _d, _i, _m, _p = outbox_copy.c, dead_letter.c, inbox.c, outbox_message.c, part.c
_own_inbox = inbox.alias()
_receipt = outbox_message.alias()
_answer = inbox.alias()


def _kept(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(literal(1)).where(*where).exists()


_RECEIPT_KEPT = _kept(_own_inbox.c.message_id == _c.receipt_id, _own_inbox.c.sender == _c.addressee)
_RECEIPT_WRITTEN = or_(
    _i.receipt_id.is_(None),
    _kept(_receipt.c.message_id == _i.receipt_id),
    _kept(owed_batch.c.receipt_id == _i.receipt_id),  # it is signed within a second, or when the member is served again
)
_ANSWER_KEPT = or_(
    and_(
        _p.state == PartState.ANSWERED,
        _kept(_answer.c.message_id == _p.opinion_id, _answer.c.sender == func.coalesce(_p.given_by, _p.department)),
    ),
    and_(_p.state.in_(BY_SILENCE), _kept(_answer.c.message_id == _p.deemed_id)),
)


@dataclass(frozen=True)
class _Source:
    """A stream: what it selects, the message id and what else it is ordered by, and the fact that a member's row is."""

    query: Select[Any]
    id: ColumnElement[Any]
    second: ColumnElement[Any] | None
    fact: Callable[[str, Row[Any]], Fact]


_ASKS = and_(_m.kind == Consultation.KIND, ~_kept(journal.c.message_id == _m.message_id, journal.c.event == COPIED))
"""A request for an opinion; a substitute's copy of one asks nobody."""


def _message(member: str, row: Row[Any]) -> Fact:
    return MessageFact(row.message_id, member, bool(row.asks), row.digest, row.copies)


def _copy(member: str, row: Row[Any]) -> Fact:
    sent = row.sent_at is not None or row.receipt_id is not None
    return CopyFact(
        row.message_id, member, row.addressee, row.state, sent, row.needs_receipt,
        row.receipt_id, bool(row.receipt_kept), row.written_at,
    )  # fmt: skip


def _taken(member: str, row: Row[Any]) -> Fact:
    return TakenFact(
        row.message_id, row.sender, member, row.accepted, row.digest, bool(row.receipt_written), row.recorded_at
    )


def _dead(member: str, row: Row[Any]) -> Fact:
    return DeadFact(row.message_id, row.sender, member, row.stage == _TRANSIT)


def _part(member: str, row: Row[Any]) -> Fact:
    return PartFact(
        row.consultation_id, member, row.department, row.case_number, row.state, row.case_state, bool(row.answer_kept)
    )


def _stray(member: str, row: Row[Any]) -> Fact:
    return StrayFact(row.message_id, member)


_SOURCES: Mapping[FactStream, _Source] = {
    FactStream.MESSAGES: _Source(
        select(_m.message_id, _ASKS.label("asks"), _m.digest, _m.copies), _m.message_id, None, _message
    ),
    FactStream.COPIES: _Source(
        select(
            _c.message_id, _c.addressee, _c.state, _c.sent_at, _c.needs_receipt, _c.receipt_id, _c.written_at,
            _RECEIPT_KEPT.label("receipt_kept"),
        ),
        _c.message_id, _c.addressee,
        _copy,
    ),
    FactStream.TAKEN: _Source(
        select(
            _i.message_id, _i.sender, _i.accepted, _i.digest, _i.recorded_at, _RECEIPT_WRITTEN.label("receipt_written")
        ),
        _i.message_id, _i.sender,
        _taken,
    ),
    FactStream.DEAD: _Source(
        select(_d.message_id, _d.sender, _d.stage, _d.fingerprint).where(func.length(_d.message_id) == _ID_LENGTH),
        _d.message_id, _d.fingerprint,
        _dead,
    ),
    FactStream.PARTS: _Source(
        select(
            _p.consultation_id, _p.department, _p.case_number, _p.state, case_file.c.state.label("case_state"),
            _ANSWER_KEPT.label("answer_kept"),
        )
        .join(case_file, case_file.c.number == _p.case_number)
        .where(_p.consultation_id.is_not(None)),
        _p.consultation_id, _p.department,
        _part,
    ),
    FactStream.STRAYS: _Source(
        select(document.c.message_id, document.c.sender).where(
            document.c.direction + "" == "sent", ~_kept(_receipt.c.message_id == document.c.message_id)
        ),
        document.c.message_id, document.c.sender,
        _stray,
    ),
}  # fmt: skip


class MessageFacts:
    """Facts of one member's store."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def page(self, stream: FactStream, member: str, after: tuple[str, str] | None, limit: int) -> FactPage:
        """Return at most ``limit`` facts whose keys follow ``after``, in the order of message ids."""
        source = _SOURCES[stream]
        id, second = source.id, source.second
        query = source.query.order_by(id) if second is None else source.query.order_by(id, second)
        if after is not None:
            query = query.where(id > after[0] if second is None else tuple_(id, second) > tuple_(*map(literal, after)))
        rows = self._db.execute(query.limit(limit)).all()
        last = None
        if len(rows) == limit:
            key = rows[-1]._mapping
            last = (str(key[id]), "" if second is None else str(key[second]))
        return FactPage([source.fact(member, row) for row in rows], last)

    def of(self, member: str, message_ids: Collection[str]) -> list[Fact]:
        """Return all facts about these messages; a few hundred ids at most."""
        found: list[Fact] = []
        for source in _SOURCES.values():
            query = source.query.where(source.id.in_(bindparam("ids", expanding=True)))
            found += [source.fact(member, row) for row in self._db.execute(query, {"ids": list(message_ids)})]
        return found
