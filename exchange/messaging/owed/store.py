"""Batches of receipts that are begun and not signed yet, one a sender.

What was taken in bears the id of the batch in which its receipt will be, from the first: its row is written once. So
what is owed is what bears the id of a batch that stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select, update

from exchange.messaging.owed.tables import owed_batch
from exchange.messaging.rules.arrival_time import Arrival
from exchange.messaging.tables import inbox
from exchange.store.bulk import adding

_o = owed_batch.c
_i = inbox.c
_ALL = select(_o.sender, _o.receipt_id, _o.behind, _o.number)
_LAST = select(func.max(_i.id))
_BEGIN = adding(owed_batch, "sender", "receipt_id", "behind", "number")
_MORE = update(owed_batch).where(_o.sender == bindparam("of")).values(number=_o.number + bindparam("more"))
_SIGNED = delete(owed_batch).where(_o.sender == bindparam("of"))
_ROWS = (
    select(
        _i.message_id,
        _i.digest,
        _i.recorded_at,
        _i.arrived_earliest,
        _i.arrived_latest,
        _i.arrival_source,
        _i.stamped_at,
        _i.earlier_copy,
    )
    .where(_i.id > bindparam("behind"), _i.receipt_id == bindparam("receipt"))
    .order_by(_i.id)
)

_AHEAD = update(inbox).where(
    _i.id > bindparam("behind"),
    _i.receipt_id == bindparam("receipt"),
    _i.recorded_at > bindparam("moment", type_=_i.recorded_at.type),
)


@dataclass(frozen=True, slots=True)
class OwedBatch:
    """A batch of receipts that is to be signed."""

    sender: str
    receipt_id: str
    behind: int
    """The last row of the inbox before it was begun."""
    number: int
    """Of the receipts that will be in it."""


@dataclass(frozen=True, slots=True)
class OwedReceipt:
    """What was taken in and is to be signed for."""

    message_id: str
    digest: str
    recorded_at: datetime
    arrival: Arrival


class OwedBatches:
    """Batches of receipts that are begun and not signed yet."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def all(self) -> Mapping[str, OwedBatch]:
        """Return the batches by sender."""
        return {row.sender: OwedBatch(*row) for row in self._db.execute(_ALL)}

    def begin(self, sender: str, receipt_id: str, number: int) -> None:
        """Begin a batch with what this transaction is about to record."""
        behind = self._db.scalar(_LAST) or 0
        _BEGIN.run(self._db, [{"sender": sender, "receipt_id": receipt_id, "behind": behind, "number": number}])

    def add(self, sender: str, number: int) -> None:
        """Note that so many more will be in a sender's batch."""
        self._db.execute(_MORE, {"of": sender, "more": number})

    def receipts(self, batch: OwedBatch) -> list[OwedReceipt]:
        """Return what is on record and to be signed for in a batch, in the order recorded."""
        found = self._db.execute(_ROWS, {"behind": batch.behind, "receipt": batch.receipt_id})
        return [
            OwedReceipt(message_id, digest, at, Arrival(earliest, latest, source, stamp, bool(earlier)))
            for message_id, digest, at, earliest, latest, source, stamp, earlier in found
        ]

    def record_no_later(self, batch: OwedBatch, now: datetime) -> None:
        """Have what is to be signed for in a batch, and was recorded by a clock that was ahead, recorded now."""
        here = {"behind": batch.behind, "receipt": batch.receipt_id, "moment": now}
        self._db.execute(_AHEAD.values(recorded_at=now), here)

    def signed_anew(self, sender: str, message_id: str, receipt_id: str, now: datetime) -> None:
        """Note that another receipt is given for what is on record, by a clock that has been set since."""
        here = (_i.sender == sender, _i.message_id == message_id)
        self._db.execute(update(inbox).where(*here).values(receipt_id=receipt_id))
        self._db.execute(update(inbox).where(*here, _i.recorded_at > now).values(recorded_at=now))

    def signed(self, sender: str) -> None:
        """Note that a sender's batch goes out with this transaction."""
        self._db.execute(_SIGNED, {"of": sender})
