"""The outbox's SQL statements, compiled once: how copies are written, found, confirmed and signed for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, case, func, or_, select, union, update

from exchange.messaging.copy_states import COPIES
from exchange.messaging.records import OutboxState
from exchange.messaging.tables import RETURNED_COPIES, WAITING_COPIES, outbox_copy, outbox_message
from exchange.schemas import Urgency
from exchange.store.bulk import Many, adding

_c = outbox_copy.c
_m = outbox_message.c
_UNSIGNED = or_(*(_c.state == state for state in sorted(COPIES.before(OutboxState.RETURNED))))
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_MOMENT = bindparam("moment", type_=_c.sent_at.type)
_AGAIN = bindparam("again", type_=_c.next_at.type)
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""When a copy may go out that need not wait."""
ADD_MESSAGE = adding(outbox_message, "message_id", "conversation_id", "kind", "urgency", "digest", "common", "copies")
ADD_COPY = adding(
    outbox_copy, "message_id", "addressee", "queue", "rank", "recipient", "needs_receipt", "written_at",
    state=f"'{OutboxState.WRITTEN}'", attempts="0", next_at="0",
)  # fmt: skip
_PARCELS = (
    select(
        _c.id, _c.message_id, _m.conversation_id, _m.kind, _c.addressee, _c.queue, _m.urgency, _c.attempts,
        _c.recipient, _c.state, _c.sent_at,
    )
    .join(outbox_message, _m.message_id == _c.message_id)
    .where(WAITING_COPIES)
)  # fmt: skip
WAITING = _PARCELS.where(_c.message_id == bindparam("message"), _c.addressee == bindparam("to"))
_MOST: BindParameter[Any] = bindparam("most")
_NUMBERED = select(_c.id, _c.rank).where(WAITING_COPIES)
_COMES_DUE = (_c.next_at > AT_ONCE, _c.next_at <= bindparam("moment", type_=_c.next_at.type))


def _due(*further: ColumnElement[bool]) -> Select[Any]:
    """What is due, urgent first, then in the order written; of much that waits only so many rows are looked at.

    What goes out for the first time lies in the index in this order. What comes due again lies there by its time: of
    that come those who wait longest, and those that are urgent.
    """
    by_time = (_c.next_at, _c.rank, _c.id)
    lots = (
        _NUMBERED.where(_c.next_at == AT_ONCE, *further).order_by(*by_time),
        _NUMBERED.where(*_COMES_DUE, *further).order_by(*by_time),
        _NUMBERED.where(*_COMES_DUE, _c.rank < Urgency.ORDINARY.rank, *further).order_by(_c.rank, _c.id),
    )
    # What is in flight is left out last: the index alone answers the rest.
    found = union(*(select(lot.where(_c.id.not_in(_IDS)).limit(_MOST).subquery()) for lot in lots)).subquery()
    first = select(found.c.id).order_by(found.c.rank, found.c.id).limit(_MOST)
    return _PARCELS.where(_c.id.in_(first)).order_by(_c.rank, _c.id)


DUE = _due()
DUE_ORDINARY = _due(_c.rank == Urgency.ORDINARY.rank)
NEXT_DUE = select(func.min(_c.next_at)).where(WAITING_COPIES, _c.next_at < bindparam("rest"))
NUMBERS = select(_c.id, _c.message_id, _c.addressee).where(_c.message_id.in_(_IDS)).order_by(_c.rank, _c.id)
COMMON = select(_m.message_id, _m.common).where(_m.message_id.in_(_IDS))
MARK_SENT = Many(
    update(outbox_copy)
    .where(_c.id.between(bindparam("first"), bindparam("last")), WAITING_COPIES)
    .values(
        state=case((_c.needs_receipt, OutboxState.SENT.value), else_=OutboxState.DELIVERED.value),
        sent_at=func.coalesce(_c.sent_at, _MOMENT),
        delivered_at=case((_c.needs_receipt, _c.delivered_at), else_=_MOMENT),
        attempts=_c.attempts + 1,
        next_at=_AGAIN,
    )
)
SIGNABLE = (
    select(_c.id, _c.message_id, _c.addressee, _c.written_at, _m.digest)
    .join(outbox_message, _m.message_id == _c.message_id)
    .where(_c.message_id.in_(_IDS), _UNSIGNED)
    .with_for_update(of=outbox_copy)
)
MARK_SIGNED = Many(
    update(outbox_copy)
    .where(_c.id == bindparam("copy"), _UNSIGNED)
    .values(
        state=bindparam("after", type_=_c.state.type),
        delivered_at=bindparam("delivered", type_=_c.delivered_at.type),
        returned_at=bindparam("returned", type_=_c.returned_at.type),
        receipt_id=bindparam("receipt", type_=_c.receipt_id.type),
        receipt_index=bindparam("leaf", type_=_c.receipt_index.type),
        recipient=b"",
        sent_at=func.coalesce(_c.sent_at, bindparam("settled", type_=_c.sent_at.type)),
        attempts=case((_c.attempts == 0, 1), else_=_c.attempts),
        last_error=func.coalesce(bindparam("why", type_=_c.last_error.type), _c.last_error),
    )
)
_STILL_WAITING = select(_c.id).where(_c.message_id == _m.message_id, _c.receipt_id.is_(None))
FORGET = update(outbox_message).where(_m.message_id.in_(_IDS), ~_STILL_WAITING.exists()).values(common=b"")
VIEWS = (
    select(
        _c.message_id, _c.addressee, _m.kind, _c.queue, _c.state, _c.attempts, _c.written_at,
        _c.sent_at, _c.delivered_at, _c.returned_at, _c.receipt_id, _c.receipt_index, _c.last_error,
    )
    .join(outbox_message, _m.message_id == _c.message_id)
    .order_by(_c.id)
)  # fmt: skip
IN_OUTBOX = "copy"
"""The name of copies in the key of a list that has others as well."""
SENT_BACK = VIEWS.order_by(None).where(RETURNED_COPIES).order_by(_c.returned_at.desc(), _c.id.desc()).add_columns(_c.id)
VIEWS_OF = VIEWS.where(_c.message_id == bindparam("message"))
VIEWS_OF_SEVERAL = VIEWS.where(_c.message_id.in_(bindparam("messages", expanding=True)))
