"""What operators look at, read through indexes in the order of each list; never a whole table, never content."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from exchange.approval.department.tables import desk
from exchange.approval.tables import case_file
from exchange.messaging.tables import (
    ENDED_COPIES,
    NUMBERED,
    WAITING_COPIES,
    dead_letter,
    document,
    inbox,
    outbox_copy,
    outbox_failure,
    outbox_message,
)
from exchange.operations.records.boards import Boards
from exchange.operations.records.lines import CopyLine, MessageHead
from exchange.operations.records.trace_facts import AsideFact, DeskFact, Failure, NoteFact, TracedCopy, TracedTaking
from exchange.page_key import Key
from exchange.store.keyset import behind
from exchange.store.tables import journal

_d, _c, _m, _i, _x, _j = document.c, outbox_copy.c, outbox_message.c, inbox.c, dead_letter.c, journal.c
_HEAD = select(
    _d.id, _d.sender, _d.message_id, _d.conversation_id, _d.kind, _d.direction, _d.digest, _d.recorded_at
)  # fmt: skip
_HEADS = _HEAD.where(_d.message_id.in_(bindparam("ids", expanding=True))).order_by(_d.id)
_COPY = select(
    _c.id, _c.message_id, _c.addressee, _c.queue, _c.state, _c.needs_receipt, _c.attempts, _c.written_at, _c.sent_at,
    _c.delivered_at, _c.returned_at, _c.failed_at, _c.last_error, _c.receipt_id, _c.receipt_index,
)  # fmt: skip
_COPIES = _COPY.where(_c.message_id.in_(bindparam("ids", expanding=True))).order_by(_c.id)
_MOST_FAILURES = 50
"""Failed attempts shown of one copy, the last ones; its row says how many there were."""
_failed = outbox_failure.c
_FROM_THE_LAST = func.row_number().over(partition_by=_failed.copy_id, order_by=_failed.id.desc())
_AS_COUNTED = (
    select(outbox_failure, _FROM_THE_LAST.label("back"))
    .where(_failed.copy_id.in_(bindparam("ids", expanding=True)))
    .subquery()
)
_FAILURES = select(_AS_COUNTED).where(_AS_COUNTED.c.back <= _MOST_FAILURES).order_by(_AS_COUNTED.c.id)


class Search(Boards):
    """Reads for operators; nothing here changes anything."""

    def heads(self, member: str, message_ids: Collection[str]) -> list[MessageHead]:
        """Return what is on record under these ids, sent or received."""
        found = self._db.execute(_HEADS, {"ids": list(message_ids)}) if message_ids else ()
        return [_head(row, member) for row in found]

    def conversation(self, member: str, conversation_id: str) -> list[MessageHead]:
        query = _HEAD.where(_d.conversation_id == conversation_id).order_by(_d.id)
        return [_head(row, member) for row in self._db.execute(query)]

    def signed(self, head: MessageHead) -> bytes:
        """Return the signed bytes of a message on record, for its clear header."""
        return bytes(self._db.execute(select(_d.signed).where(_d.id == head.id)).scalar_one())

    def copies(self, message_ids: Collection[str]) -> list[TracedCopy]:
        """Return copies of these messages with their failed attempts."""
        rows = self._db.execute(_COPIES, {"ids": list(message_ids)}).all() if message_ids else []
        failed: dict[int, list[Failure]] = defaultdict(list)
        if rows:
            found = self._db.execute(_FAILURES, {"ids": [row.id for row in rows]})
            for row in found:
                failed[row.copy_id].append(Failure(row.at, row.reason))
        return [_copy(row, tuple(failed[row.id])) for row in rows]

    def taken(self, member: str, message_id: str) -> list[TracedTaking]:
        found = self._db.execute(select(inbox).where(_i.message_id == message_id).order_by(_i.id))
        return [
            TracedTaking(
                member, row.sender, row.digest, row.arrived_earliest, row.arrived_latest, row.arrival_source,
                row.accepted, row.recorded_at, row.reason, row.taken_at,
            )
            for row in found
        ]  # fmt: skip

    def aside(self, member: str, message_id: str) -> list[AsideFact]:
        query = select(
            _x.fingerprint,
            _x.sender,
            _x.stage,
            _x.reason_code,
            _x.reason,
            _x.attempts,
            _x.first_at,
            _x.last_at,
            func.coalesce(_x.key_sender, _x.broker_user).label("account"),
        ).where(_x.message_id == message_id)
        return [
            AsideFact(
                member, row.fingerprint[:12], row.sender, row.stage, row.reason_code, row.reason, row.attempts,
                row.first_at, row.last_at, row.account,
            )
            for row in self._db.execute(query.order_by(_x.id))
        ]  # fmt: skip

    def notes(self, member: str, message_id: str) -> list[NoteFact]:
        query = select(_j.at, _j.event, _j.case_number).where(_j.message_id == message_id).order_by(_j.id)
        return [NoteFact(member, row.at, row.event, row.case_number) for row in self._db.execute(query)]

    def desk_of(self, member: str, case_number: str, message_id: str) -> DeskFact | None:
        query = select(desk.c.state).where(desk.c.case_number == case_number, desk.c.consultation_id == message_id)
        row = self._db.execute(query).first()
        return DeskFact(member, case_number, row.state) if row else None

    def noted_messages(self, case_number: str) -> list[str]:
        """Return the ids of messages that the journal names with a case."""
        query = select(_j.message_id).where(_j.case_number == case_number, _j.message_id.is_not(None))
        found = self._db.scalars(query.order_by(_j.id))
        return list(dict.fromkeys(str(one) for one in found))

    def case_conversation(self, case_number: str) -> str | None:
        """Return the conversation of a case at its window."""
        query = select(case_file.c.conversation_id).where(case_file.c.number == case_number)
        found: str | None = self._db.scalar(query)
        return found

    def messages(
        self, member: str, direction: str, kind: str, until: datetime | None, after: Key | None, limit: int
    ) -> list[MessageHead]:
        """Return messages sent or received, newest first, of a kind or of all."""
        query = _HEAD.where(_d.direction == direction).order_by(_d.recorded_at.desc(), _d.id.desc()).limit(limit)
        if kind:
            query = query.where(_d.kind == kind)
        if until is not None and after is None:
            query = query.where(_d.recorded_at < until)
        if after is not None:
            query = query.where(behind(_d.recorded_at, _d.id, after, member))
        return [_head(row, member) for row in self._db.execute(query)]

    def numbered(
        self, member: str, holding: str, until: datetime | None, after: Key | None, limit: int
    ) -> list[MessageHead]:
        """Return messages whose document number holds a text anywhere, upper and lower case alike; newest first.

        Looked for in an index of the numbers alone, so that documents that do not have it are not read.
        """
        order = (_d.recorded_at.desc(), _d.id.desc())
        part = func.lower(_d.number).contains(holding.lower(), autoescape=True)
        inner = select(_d.id).where(NUMBERED, part).order_by(*order).limit(limit)
        if after is not None:
            inner = inner.where(behind(_d.recorded_at, _d.id, after, member))
        elif until is not None:
            inner = inner.where(_d.recorded_at < until)
        ids = list(self._db.scalars(inner))
        found = self._db.execute(_HEAD.where(_d.id.in_(ids)).order_by(*order)) if ids else ()
        return [_head(row, member) for row in found]

    def open_copies(
        self, member: str, after: Key | None, limit: int, *, newest_first: bool, ended: bool
    ) -> list[CopyLine]:
        """Return copies that wait for a receipt; or, ``ended``, that were returned or abandoned."""
        order = (_c.written_at.desc(), _c.id.desc()) if newest_first else (_c.written_at, _c.id)
        columns = (_c.id, _c.message_id, _m.kind, _c.addressee, _c.state, _c.attempts, _c.written_at, _c.last_error)
        inner = select(_c.id).where(ENDED_COPIES if ended else WAITING_COPIES).order_by(*order).limit(limit)
        if after is not None:
            inner = inner.where(behind(_c.written_at, _c.id, after, member, newest_first=newest_first))
        ids = list(self._db.scalars(inner))
        query = select(*columns).join(outbox_message, _m.message_id == _c.message_id).where(_c.id.in_(ids))
        rows = {row.id: row for row in self._db.execute(query)} if ids else {}
        return [
            CopyLine(
                id, member, row.message_id, row.kind, row.addressee, row.state, row.attempts, row.written_at,
                row.last_error,
            )
            for id in ids
            if (row := rows.get(id)) is not None
        ]  # fmt: skip


def _head(row: Any, member: str) -> MessageHead:
    return MessageHead(
        row.id, member, row.sender, row.message_id, row.conversation_id, row.kind, row.direction, row.digest,
        row.recorded_at,
    )  # fmt: skip


def _copy(row: Any, failures: tuple[Failure, ...]) -> TracedCopy:
    facts = dict(row._mapping)
    facts.pop("id")
    return TracedCopy(**facts | {"failures": failures})
