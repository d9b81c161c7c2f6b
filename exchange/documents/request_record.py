"""What is on record of a request (请示): that it was sent or came, went further up, and was answered.

The record is the member's own journal, which is only ever added to, under the request's id; what each line is about
is a signed document on record. So nothing is said of a request that no signature stands for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.documents.convey import main_addressees
from exchange.envelope import verify_signed
from exchange.errors import Conflict, NotFound, SenderError
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState, StoredDocument
from exchange.schemas import Document, DocumentKind, ForwardedRequest, RequestForwarded
from exchange.store.journal import JournalEntry
from exchange.store.transaction import Transaction

SENT, CAME, FORWARDED, ANSWERED = "request-sent", "request-received", "request-forwarded", "request-answered"


def put_down(step: Step, event: str, request_id: str, message_id: str, **facts: object) -> None:
    """Adds a line at once, so that what comes later in the same step sees it."""
    step.tx.journal([JournalEntry(step.now, event, request_id, message_id, facts)])


@dataclass(frozen=True)
class RequestRecord:
    """One request, as one member has it."""

    request_id: str
    lines: tuple[JournalEntry, ...] = ()

    @property
    def came(self) -> JournalEntry | None:
        """How it came here to be answered; names ``origin``, ``source``, ``digest`` and the ``path`` before."""
        return self._first(CAME)

    @property
    def answered(self) -> JournalEntry | None:
        """The line of its answer; names ``by``."""
        return self._first(ANSWERED)

    @property
    def forwards(self) -> tuple[JournalEntry, ...]:
        """How it went further up; each names ``by`` and ``to``."""
        return tuple(line for line in self.lines if line.event == FORWARDED)

    def forwarded_by(self, address: str) -> JournalEntry | None:
        """How a body passed it on, if it did."""
        return next((line for line in self.forwards if line.detail["by"] == address), None)

    def expect_open(self, address: str) -> JournalEntry:
        """How it came, if it is this body's to answer or pass on. Raises NotFound or Conflict."""
        if self.came is None:
            raise NotFound(
                "no request {request_id} came here",
                remedy="`exchange inbox` lists what came",
                request_id=self.request_id,
            )
        if self.answered is not None:
            raise Conflict(
                "request {request_id} is answered",
                remedy="what is to be added goes by a 函 or a 通知",
                request_id=self.request_id,
            )
        forward = self.forwarded_by(address)
        if forward is not None:
            raise Conflict(
                "request {request_id} went up to {detail}",
                remedy="it is answered there, once",
                request_id=self.request_id,
                detail=forward.detail["to"],
            )
        return self.came

    def _first(self, event: str) -> JournalEntry | None:
        return next((line for line in self.lines if line.event == event), None)


def record_of(tx: Transaction, request_id: str) -> RequestRecord:
    """The record of a request; without lines where nothing is known of it."""
    lines = (line for line in tx.journal_of(request_id) if line.event in (SENT, CAME, FORWARDED, ANSWERED))
    return RequestRecord(request_id, tuple(lines))


def request_id_of(node: Node, tx: Transaction, message_id: str) -> str:
    """The id of the request that a message is, passes on, or answers; the message's own where it does none of that."""
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
    state: str
    """``sent``, ``received``, ``returned`` or ``failed`` (with the reason), ``forwarded`` or ``answered``."""
    reason: str = ""
    forwards: tuple[Forward, ...] = ()
    answered_by: str | None = None
    answer_id: str | None = None
    answered_at: datetime | None = None
    came_at: datetime | None = None
    """When it came here to be answered or passed on."""


_COPY_STATES = {
    OutboxState.DELIVERED: "received",
    OutboxState.RETURNED: "returned",
    OutboxState.FAILED: "failed",
}


def request_status(node: Node, message_id: str) -> RequestStatus | None:
    """How a request stands; None where the message is no request, or not on record here.

    Raises SenderError when the request does not verify any more.
    """
    with node.store.reading() as tx:
        request_id = request_id_of(node, tx, message_id)
        record = record_of(tx, request_id)
        own = tx[Documents].get(node.address, request_id)
        signed = own.signed if own is not None else _came_as(tx, record)
        if signed is None or (own is not None and own.kind != Document.KIND):
            return None
        verified = verify_signed(signed, node.directory)
        if not isinstance(verified.body, Document) or verified.body.kind is not DocumentKind.REQUEST:
            return None
        to = main_addressees(verified.header, verified.body)[0]
        state, reason = ("received", "") if own is None else _copy_state(tx, request_id, to)
        forwards = tuple(_forward(node, tx, line) for line in record.forwards)
    answer = record.answered
    return RequestStatus(
        request_id=request_id,
        origin=verified.header.sender,
        to=to,
        title=verified.body.title,
        state="answered" if answer else "forwarded" if forwards else state,
        reason=reason,
        forwards=forwards,
        answered_by=answer.detail["by"] if answer else None,
        answer_id=answer.message_id if answer else None,
        answered_at=answer.at if answer else None,
        came_at=record.came.at if record.came else None,
    )


def requests_here(node: Node, limit: int = 20) -> list[RequestStatus]:
    """The latest requests that were sent from here or came here, newest first."""
    with node.store.reading() as tx:
        found = tx[Documents].recent(None, Document.KIND, 10 * limit)
        found += tx[Documents].recent("received", ForwardedRequest.KIND, limit)
    newest = sorted(found, key=lambda one: one.recorded_at, reverse=True)
    statuses = (_status_if_it_verifies(node, one.message_id) for one in newest)
    by_id = {status.request_id: status for status in statuses if status is not None}
    return list(by_id.values())[:limit]


def _status_if_it_verifies(node: Node, message_id: str) -> RequestStatus | None:
    try:
        return request_status(node, message_id)
    except SenderError:
        return None


def _came_as(tx: Transaction, record: RequestRecord) -> bytes | None:
    """The origin's signed bytes, as they came."""
    stored = came_as(tx, record)
    if stored is None:
        return None
    return stored.enclosures[0] if stored.kind == ForwardedRequest.KIND else stored.signed


def came_as(tx: Transaction, record: RequestRecord) -> StoredDocument | None:
    """The message by which a request came."""
    line = record.came
    return tx[Documents].get(line.detail["source"], line.message_id or "") if line is not None else None


def _copy_state(tx: Transaction, request_id: str, to: str) -> tuple[str, str]:
    copy = next((row for row in tx[Outbox].rows(request_id) if row.addressee == to), None)
    if copy is None:
        return "sent", ""
    return _COPY_STATES.get(copy.state, "sent"), copy.last_error or ""


def _forward(node: Node, tx: Transaction, line: JournalEntry) -> Forward:
    stored = tx[Documents].get(line.detail["by"], line.message_id or "")
    opinion = ""
    try:
        body = verify_signed(stored.signed, node.directory).body if stored else None
    except SenderError:
        body = None
    if isinstance(body, ForwardedRequest):
        opinion = body.opinion.body
    elif isinstance(body, RequestForwarded):
        opinion = body.opinion
    return Forward(line.detail["by"], line.detail["to"], line.at, opinion)
