"""What is on record of a request (请示): that it was sent or came, went further up, and was answered.

The record is rows of the member's own; what each is about is a signed document on record. So nothing is said of a
request that no signature stands for. What became of it is in the journal too, line by line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.documents.convey import main_addressees
from exchange.documents.records import RequestForward, RequestRow
from exchange.documents.rules.handling import HandlingState
from exchange.documents.rules.request_states import REQUESTS, RequestProgress, RequestSeat, RequestState
from exchange.documents.store import Handlings, Requests
from exchange.envelope import verify_signed
from exchange.errors import Conflict, NotFound, SenderError
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState, StoredDocument
from exchange.paging import every
from exchange.schemas import Document, DocumentKind, ForwardedRequest, RequestForwarded
from exchange.store.journal import JournalEntry
from exchange.store.transaction import Transaction


def note_sent(step: Step, request_id: str, to: str) -> None:
    """Record that an own request goes out."""
    _open_own(step, request_id)
    step.note("request-sent", request_id, request_id, to=to)


def note_came(step: Step, row: RequestRow) -> bool:
    """Record that a request came to be answered or passed on; returns False if one of its id is on record here."""
    if not step.tx[Requests].open(row):
        return False
    facts = {"origin": row.origin, "source": row.source, "digest": row.digest, "path": list(row.path)}
    _note(step, "request-received", row.request_id, row.message_id or "", **facts)
    return True


def note_forwarded(step: Step, request_id: str, message_id: str, by: str, to: str) -> bool:
    """Record that a request went further up; returns False if that is known. One that is answered stays so."""
    _open_own(step, request_id)
    if not step.tx[Requests].pass_on(RequestForward(request_id, by, to, message_id, step.now)):
        return False
    step.tx[Requests].move(request_id, REQUESTS.before(RequestState.FORWARDED), RequestState.FORWARDED)
    _note(step, "request-forwarded", request_id, message_id, by=by, to=to)
    return True


def note_answered(step: Step, request_id: str, message_id: str, by: str) -> bool:
    """Record that a request is answered, from here or to here; returns False if it is answered already."""
    _open_own(step, request_id)
    answer = {"answered_by": by, "answer_id": message_id, "answered_at": step.now}
    if not step.tx[Requests].move(request_id, REQUESTS.before(RequestState.ANSWERED), RequestState.ANSWERED, **answer):
        return False
    _note(step, "request-answered", request_id, message_id, by=by)
    return True


def _open_own(step: Step, request_id: str) -> None:
    """Where nothing is on record of it, it is an own request."""
    step.tx[Requests].open(RequestRow(request_id, RequestSeat.ORIGIN, RequestState.OPEN, step.now))


def _note(step: Step, event: str, request_id: str, message_id: str, **facts: object) -> None:
    """At once: in the journal it stands before what comes later in the same step."""
    step.tx.journal([JournalEntry(step.now, event, request_id, message_id, facts)])


def to_answer(tx: Transaction, request_id: str, address: str) -> RequestRow:
    """Return a request that is this authority's to answer or pass on. Raises NotFound or Conflict."""
    row = tx[Requests].get(request_id)
    if row is None or row.seat is not RequestSeat.ASKED:
        raise NotFound(
            "no request {request_id} came here", remedy="`exchange inbox` lists what came", request_id=request_id
        )
    if row.state is RequestState.ANSWERED:
        raise Conflict(
            "request {request_id} is answered",
            remedy="what is to be added goes by a 函 or a 通知",
            request_id=request_id,
        )
    if row.state is RequestState.RETURNED:
        raise Conflict(
            "request {request_id} was sent back",
            remedy="answer the one that replaces it",
            request_id=request_id,
        )
    forward = forwarded_by(tx, request_id, address)
    if forward is not None:
        raise Conflict(
            "request {request_id} went up to {detail}",
            remedy="it is answered there, once",
            request_id=request_id,
            detail=forward.passed_to,
        )
    return row


def forwarded_by(tx: Transaction, request_id: str, address: str) -> RequestForward | None:
    """Return how an authority passed a request on, if it did."""
    return next((one for one in tx[Requests].forwards(request_id) if one.passed_by == address), None)


def request_id_of(node: Node, tx: Transaction, message_id: str) -> str:
    """Return the id of the request that a message is, passes on, or answers.

    It is the message's own where it does none of that.
    """
    for stored in tx[Documents].find(message_id):
        if stored.kind in (ForwardedRequest.KIND, RequestForwarded.KIND):
            body = verify_signed(stored.signed, node.directory).body
            if isinstance(body, ForwardedRequest | RequestForwarded):
                return body.request_id
    return message_id


@dataclass(frozen=True)
class Forward:
    """How a request went further up."""

    by: str
    to: str
    at: datetime
    opinion: str
    """In the forwarder's words; empty where its signature does not verify any more."""


@dataclass(frozen=True)
class RequestStatus:
    """Where a request stands, as its origin or one who was asked sees it."""

    request_id: str
    origin: str
    to: str
    """Whom the origin asked."""
    title: str
    state: RequestProgress
    reason: str = ""
    """Why it was returned, or failed."""
    forwards: tuple[Forward, ...] = ()
    answered_by: str | None = None
    answer_id: str | None = None
    answered_at: datetime | None = None
    came_at: datetime | None = None
    """When it came here to be answered or passed on."""


_COPY_STATES = {
    OutboxState.DELIVERED: RequestProgress.RECEIVED,
    OutboxState.RETURNED: RequestProgress.RETURNED,
    OutboxState.FAILED: RequestProgress.FAILED,
}


_PROGRESS = {
    RequestState.FORWARDED: RequestProgress.FORWARDED,
    RequestState.ANSWERED: RequestProgress.ANSWERED,
    RequestState.RETURNED: RequestProgress.RETURNED,
}


def request_status(node: Node, message_id: str) -> RequestStatus | None:
    """Return how a request stands; None where the message is no request, or not on record here.

    Raises SenderError when the request does not verify any more.
    """
    with node.store.reading() as tx:
        request_id = request_id_of(node, tx, message_id)
        row = tx[Requests].get(request_id)
        own = tx[Documents].get(node.address, request_id)
        signed = own.signed if own is not None else _came_as(tx, row)
        if signed is None or (own is not None and own.kind != Document.KIND):
            return None
        verified = verify_signed(signed, node.directory)
        if not isinstance(verified.body, Document) or verified.body.kind is not DocumentKind.REQUEST:
            return None
        to = main_addressees(verified.header, verified.body)[0]
        state, reason = (RequestProgress.RECEIVED, "") if own is None else _copy_state(tx, request_id, to)
        if row is not None and row.state is RequestState.RETURNED:
            reason = _why_returned(tx, verified.header.sender, request_id)
        forwards = tuple(_forward(node, tx, one) for one in tx[Requests].forwards(request_id))
    return RequestStatus(
        request_id=request_id,
        origin=verified.header.sender,
        to=to,
        title=verified.body.title,
        state=_PROGRESS.get(row.state, state) if row is not None else state,
        reason=reason,
        forwards=forwards,
        answered_by=row.answered_by if row else None,
        answer_id=row.answer_id if row else None,
        answered_at=row.answered_at if row else None,
        came_at=row.recorded_at if row and row.seat is RequestSeat.ASKED else None,
    )


def _why_returned(tx: Transaction, origin: str, request_id: str) -> str:
    done = (one for one in tx[Handlings].of(origin, request_id) if one.state is HandlingState.RETURNED)
    return next((one.reason for one in done), "")


def requests_here(node: Node, limit: int = 20) -> tuple[list[RequestStatus], int]:
    """Return the latest requests that were sent from here or came here, newest first; and how many more there are."""
    with node.store.reading() as tx:
        rows, number = tx[Requests].recent(limit), tx[Requests].count()
    return _those_that_verify(node, rows), number - len(rows)


def requests_to_answer(node: Node) -> list[RequestStatus]:
    """Return all requests that wait here to be answered or passed on, the oldest first."""
    seat, state = RequestSeat.ASKED, RequestState.OPEN
    with node.store.reading() as tx:
        rows = list(every(lambda after, most: tx[Requests].page(seat, state, after, most), lambda row: row.place))
    return _those_that_verify(node, rows)


def _those_that_verify(node: Node, rows: Sequence[RequestRow]) -> list[RequestStatus]:
    found = (_status_if_it_verifies(node, row.request_id) for row in rows)
    return [status for status in found if status is not None]


def _status_if_it_verifies(node: Node, message_id: str) -> RequestStatus | None:
    try:
        return request_status(node, message_id)
    except SenderError:
        return None


def _came_as(tx: Transaction, row: RequestRow | None) -> bytes | None:
    """The origin's signed bytes, as they came."""
    stored = came_as(tx, row)
    if stored is None:
        return None
    return stored.enclosures[0] if stored.kind == ForwardedRequest.KIND else stored.signed


def came_as(tx: Transaction, row: RequestRow | None) -> StoredDocument | None:
    """Return the message by which a request came."""
    if row is None or row.source is None or row.message_id is None:
        return None
    return tx[Documents].get(row.source, row.message_id)


def _copy_state(tx: Transaction, request_id: str, to: str) -> tuple[RequestProgress, str]:
    copy = next((row for row in tx[Outbox].rows(request_id) if row.addressee == to), None)
    if copy is None:
        return RequestProgress.SENT, ""
    return _COPY_STATES.get(copy.state, RequestProgress.SENT), copy.last_error or ""


def _forward(node: Node, tx: Transaction, one: RequestForward) -> Forward:
    stored = tx[Documents].get(one.passed_by, one.message_id)
    opinion = ""
    try:
        body = verify_signed(stored.signed, node.directory).body if stored else None
    except SenderError:
        body = None
    if isinstance(body, ForwardedRequest):
        opinion = body.opinion.body
    elif isinstance(body, RequestForwarded):
        opinion = body.opinion
    return Forward(one.passed_by, one.passed_to, one.passed_at, opinion)
