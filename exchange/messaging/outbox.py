"""The outbox: what is to go out, one row an addressee, kept with its ciphertext until the signed receipt is in."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from exchange.language import noted
from exchange.messaging.documents import document_row, keep
from exchange.messaging.outbox_statements import (
    ADD_COPY,
    ADD_MESSAGE,
    AT_ONCE,
    COMMON,
    DUE,
    DUE_ORDINARY,
    FORGET,
    IN_OUTBOX,
    MARK_SENT,
    MARK_SIGNED,
    NEXT_DUE,
    NUMBERS,
    SENT_BACK,
    SIGNABLE,
    VIEWS,
    VIEWS_OF,
    VIEWS_OF_SEVERAL,
    WAITING,
)
from exchange.messaging.records import OutboxState, OutboxView, Outgoing, Parcel, Signed, Unreceipted
from exchange.messaging.rules.moments import precedes
from exchange.messaging.tables import (
    ENDED_COPIES,
    FAILED_COPIES,
    SENT_COPIES,
    WAITING_COPIES,
    outbox_copy,
    outbox_failure,
    outbox_message,
)
from exchange.page_key import Key
from exchange.schemas import Urgency
from exchange.store.keyset import behind

IMPLAUSIBLE = "implausible-time"
"""Begins what is noted of a copy whose receipt bears a time that cannot be."""
_NOT_BEFORE = noted("its receipt is dated before it was written")
_c = outbox_copy.c
_m = outbox_message.c

ORDINARY_SHARE = 5
"""Of a full lot of urgent copies, one in so many gives way to an ordinary one that is due, as at the queues."""

AT_REST = datetime(9999, 1, 1, tzinfo=UTC)
"""When a copy that rests behind a hold may go out: never, until the release."""


class Outbox:
    """The only way out."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self.implausible: list[Signed] = []
        """Receipts dated before what they acknowledge was written."""

    def add(self, messages: Sequence[Outgoing], now: datetime) -> Mapping[str, str]:
        """Write documents, ciphertexts and copies; the copies are due at once. ``now`` is for the record.

        Returns the digests of what was signed, by the messages' ids.
        """
        if not messages:
            return {}
        digests = [hashlib.sha256(message.signed).hexdigest() for message in messages]
        rows = [
            document_row(message.header, message.signed, digest, message.enclosures, "sent", now, message.body)
            for message, digest in zip(messages, digests, strict=True)
        ]
        keep(self._db, rows)
        ADD_MESSAGE.run(self._db, [_message(m, d) for m, d in zip(messages, digests, strict=True)])
        ADD_COPY.run(self._db, [_copy(m, address, now) for m in messages for address in m.recipients])
        return {m.header.message_id: d for m, d in zip(messages, digests, strict=True)}

    def parcels(self, messages: Sequence[Outgoing]) -> list[Parcel]:
        """Return the copies of messages added in this transaction, as `due` would, but without reading them back."""
        by_id = {message.header.message_id: message for message in messages}
        numbers = self._db.execute(NUMBERS, {"ids": list(by_id)})
        return [_parcel(number, by_id[message_id], addressee) for number, message_id, addressee in numbers]

    def due(self, now: datetime, limit: int, flying: Collection[int]) -> list[Parcel]:
        """Return copies to publish now: urgent first, then in the order written; none whose id is in ``flying``.

        Ordinary ones that are due have a fifth of a full lot, however many urgent ones there are.
        Here and in ``again_at`` times are real time, whatever clock the node keeps: patience with a broker is real.
        """
        found = self._read(DUE, {"moment": now, "most": limit, "ids": list(flying)})
        share = limit // ORDINARY_SHARE
        urgent = [parcel for parcel in found if parcel.urgency is not Urgency.ORDINARY]
        if not share or len(urgent) <= limit - share:
            return found
        ordinary = self._read(DUE_ORDINARY, {"moment": now, "most": share, "ids": list(flying)})
        return [*urgent[: limit - len(ordinary)], *ordinary]

    def waiting(self, message_id: str, addressee: str) -> Parcel | None:
        """Return one addressee's copy, if it is WRITTEN or SENT."""
        return next(iter(self._read(WAITING, {"message": message_id, "to": addressee})), None)

    def _read(self, query: Select[Any], values: dict[str, Any]) -> list[Parcel]:
        rows = self._db.execute(query, values).all()
        if not rows:
            return []
        # Read once a message: a fan-out's copies share it.
        messages = self._db.execute(COMMON, {"ids": list({row.message_id for row in rows})})
        common = {row.message_id: row.common for row in messages}
        return [
            Parcel(
                row.id, row.message_id, row.conversation_id, row.kind, row.addressee, row.queue,
                Urgency(row.urgency), row.attempts, common[row.message_id], row.recipient,
                row.sent_at if row.state == OutboxState.SENT else None,
            )
            for row in rows
        ]  # fmt: skip

    def next_due(self) -> datetime | None:
        """Return when the earliest waiting copy may be sent (again), of those that do not rest behind a hold."""
        earliest: datetime | None = self._db.scalar(NEXT_DUE, {"rest": AT_REST})
        return earliest

    def confirmed(self, queues: Sequence[str] | None = None) -> dict[str, int]:
        """Count the SENT copies of each queue, or of these; queues without any are left out."""
        here = () if queues is None else (_c.queue.in_(queues),)
        query = select(_c.queue, func.count()).where(SENT_COPIES, *here).group_by(_c.queue)
        return {str(queue): int(number) for queue, number in self._db.execute(query)}

    def postpone(self, ids: Sequence[int], until: datetime) -> None:
        """Make SENT copies due ``until``, without counting them as sent again."""
        if ids:
            self._db.execute(update(outbox_copy).where(_c.id.in_(ids), SENT_COPIES).values(next_at=until))

    def hasten(self, at: datetime, queue: str) -> int:
        """Make SENT copies of a queue due ``at`` instead of later; return how many. Copies at rest stay."""
        query = update(outbox_copy).where(SENT_COPIES, _c.queue == queue, _c.next_at > at, _c.next_at < AT_REST)
        return self._db.execute(query.values(next_at=at)).rowcount

    def mark_sent(self, ids: Sequence[int], now: datetime, again_at: datetime) -> None:
        """Record a confirm: WRITTEN becomes SENT (DELIVERED where it needs no receipt); else due ``again_at``."""
        runs = ({"first": first, "last": last, "moment": now, "again": again_at} for first, last in _runs(ids))
        MARK_SENT.run(self._db, runs)

    def mark_failed(self, id: int, reason: str, now: datetime, again_at: datetime | None) -> None:
        """Record a failed attempt; with ``again_at`` None it is abandoned (FAILED) until an operator sends it again."""
        failed = {"state": OutboxState.FAILED, "failed_at": now} if again_at is None else {"next_at": again_at}
        moved = self._db.execute(
            update(outbox_copy)
            .where(_c.id == id, WAITING_COPIES)
            .values(attempts=_c.attempts + 1, last_error=reason, **failed)
        )
        if moved.rowcount:
            self._db.execute(insert(outbox_failure).values(copy_id=id, at=now, reason=reason))

    def mark_signed(self, receipts: Sequence[Signed], now: datetime) -> list[Signed]:
        """Mark WRITTEN or SENT as DELIVERED or RETURNED where the digest is ours. Returns those it moved.

        One that is dated before what it acknowledges was written moves nothing; it is put into ``implausible``.
        """
        if not receipts:
            return []
        found = self._db.execute(SIGNABLE, {"ids": list({item.message_id for item in receipts})})
        ours = {(row.message_id, row.addressee): row for row in found}
        moved: dict[int, Signed] = {}
        for item in receipts:
            row = ours.get((item.message_id, item.addressee))
            if row is None or row.digest != item.digest:
                continue
            if item.signed_for_at is not None and precedes(item.signed_for_at, row.written_at):
                self.implausible.append(item)
                said = f"{IMPLAUSIBLE}: {_NOT_BEFORE}"
                self._db.execute(update(outbox_copy).where(_c.id == row.id).values(last_error=said))
            else:
                moved.setdefault(row.id, item)
        if moved:
            MARK_SIGNED.run(self._db, [_settled(copy, item, now) for copy, item in moved.items()])
            # The ciphertext goes once every addressee has signed for the message or sent it back; the document stays.
            self._db.execute(FORGET, {"ids": list({item.message_id for item in moved.values()})})
        return list(moved.values())

    def resend(self, message_id: str, addressee: str | None, now: datetime) -> int:
        """Make copies due at once, unless the addressee has signed for or returned them; return how many."""
        # What was signed for or sent back is settled: the addressee would answer with the receipt that we have already.
        query = update(outbox_copy).where(_c.message_id == message_id, _c.receipt_id.is_(None))
        if addressee is not None:
            query = query.where(_c.addressee == addressee)
        return self._db.execute(query.values(state=OutboxState.WRITTEN, next_at=AT_ONCE, attempts=0)).rowcount

    def rows(self, message_id: str) -> list[OutboxView]:
        return [OutboxView(**row._mapping) for row in self._db.execute(VIEWS_OF, {"message": message_id})]

    def rows_of(self, message_ids: Collection[str]) -> Mapping[str, list[OutboxView]]:
        """Return the copies of several messages, by message."""
        found: dict[str, list[OutboxView]] = {one: [] for one in message_ids}
        if message_ids:
            for row in self._db.execute(VIEWS_OF_SEVERAL, {"messages": list(message_ids)}):
                found[row.message_id].append(OutboxView(**row._mapping))
        return found

    def returned(self, since: datetime, kinds: Collection[str]) -> list[OutboxView]:
        """Return the copies of messages of these kinds that were sent back since then, in the order written."""
        here = (ENDED_COPIES, _c.returned_at >= since, _c.state == OutboxState.RETURNED, _m.kind.in_(kinds))
        return self._views(VIEWS.where(*here))

    def sent_back(self, kinds: Collection[str], before: Key | None, limit: int) -> list[tuple[int, OutboxView]]:
        """Return a page of the copies of these kinds that came back, the latest first, each with its number."""
        query = SENT_BACK.where(_m.kind.in_(kinds)).limit(limit)
        if before is not None:
            query = query.where(behind(_c.returned_at, _c.id, before, IN_OUTBOX))
        return [(number, OutboxView(*view)) for *view, number in self._db.execute(query)]

    def abandoned(self) -> list[OutboxView]:
        """Return the FAILED copies, oldest first."""
        return self._views(VIEWS.where(FAILED_COPIES))

    def _views(self, query: Select[Any]) -> list[OutboxView]:
        return [OutboxView(**row._mapping) for row in self._db.execute(query)]

    def unreceipted(self, addressee: str) -> list[Unreceipted]:
        """Return the copies for an addressee of which no receipt is on record; receipts themselves never have one."""
        query = select(_c.message_id, _c.recipient, _c.needs_receipt)
        found = self._db.execute(query.where(_c.addressee == addressee, _c.receipt_id.is_(None)))
        return [Unreceipted(row.message_id, row.recipient, row.needs_receipt) for row in found]

    def unsent(self) -> int:
        """Count the copies that have never gone out and do not rest behind a hold."""
        query = select(func.count()).where(WAITING_COPIES, _c.next_at < AT_REST, _c.state == OutboxState.WRITTEN)
        return self._db.scalar(query) or 0

    def counts(self) -> dict[str, int]:
        """Count the copies by state."""
        found = self._db.execute(select(_c.state, func.count()).group_by(_c.state)).all()
        return dict(Counter({str(state): number for state, number in found}))


def _runs(ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Numbers as runs of consecutive ones, first and last: what was written together is confirmed together."""
    ordered = sorted(ids)
    breaks = [at for at in range(1, len(ordered)) if ordered[at] != ordered[at - 1] + 1]
    for begin, end in pairwise([0, *breaks, len(ordered)]):
        if begin < end:
            yield ordered[begin], ordered[end - 1]


def _message(message: Outgoing, digest: str) -> dict[str, Any]:
    header = message.header
    return {
        "message_id": header.message_id,
        "conversation_id": header.conversation_id,
        "kind": header.kind,
        "urgency": header.urgency.value,
        "digest": digest,
        "common": message.common,
        "copies": len(message.recipients),
    }


def _copy(message: Outgoing, addressee: str, now: datetime) -> dict[str, Any]:
    return {
        "message_id": message.header.message_id,
        "addressee": addressee,
        "queue": message.queues[addressee],
        "rank": message.header.urgency.rank,
        "recipient": message.recipients[addressee],
        "needs_receipt": message.needs_receipt,
        "written_at": now,
    }


def _parcel(number: int, message: Outgoing, addressee: str) -> Parcel:
    header = message.header
    return Parcel(
        number, header.message_id, header.conversation_id, header.kind, addressee, message.queues[addressee],
        header.urgency, 0, message.common, message.recipients[addressee],
    )  # fmt: skip


def _settled(copy: int, item: Signed, now: datetime) -> dict[str, Any]:
    return {
        "copy": copy,
        "after": OutboxState.DELIVERED if item.accepted else OutboxState.RETURNED,
        "delivered": now if item.accepted else None,
        "returned": None if item.accepted else now,
        "receipt": item.receipt_id,
        "leaf": item.index,
        "settled": now,
        "why": item.reason,
    }
