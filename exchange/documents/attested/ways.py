"""How requests went further up and documents came back, against the messages that did it, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.documents.attested.requests import held_moment, is_asked, request_at, request_row
from exchange.documents.convey import main_addressees
from exchange.documents.rules.handling import HandlingState
from exchange.documents.rules.request_states import RequestSeat, RequestState
from exchange.documents.tables import document_handling, request_forward
from exchange.messaging.attested.contradiction import RowAt, RowContradiction, withheld
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.schemas import Document, DocumentKind, DocumentReturn, ForwardedRequest, Purpose, RequestForwarded
from exchange.store.rows import Row
from exchange.store.types import printable


def _forward(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = view.paper(row["passed_by"], row["message_id"])
    if paper is None:
        yield at.unproved("message_id", row["message_id"])
        return
    body, header = paper.body, paper.header
    if isinstance(body, RequestForwarded):
        to: str | None = body.to
    elif isinstance(body, ForwardedRequest) and header is not None:
        to = next((one for one in header.addressees if one not in body.opinion.copies), None)
    else:
        if paper.fault is None:
            yield at.unproved("message_id", row["message_id"], paper.ref)
        return
    yield from at.differs("request_id", row["request_id"], body.request_id, paper.ref)
    yield from at.differs("passed_to", row["passed_to"], to, paper.ref)
    yield from held_moment(view, at, "passed_at", row["passed_at"], paper)


def _passed_on(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """What was passed on, or is known to be, stands as a row of its request."""
    body = paper.body
    if not isinstance(body, ForwardedRequest | RequestForwarded) or not _counts(view, paper):
        return
    here = view.rows.where(request_forward, "request_id", (body.request_id,), passed_by=paper.ref.sender)
    if not here:
        at = RowAt(view.member, request_forward.name, f"{body.request_id} · {paper.ref.sender}")
        yield at.left_out("passed_by", None, paper.ref.sender, paper.ref)


def _came(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A request that was passed on to here; whoever has a copy of the opinion was not asked."""
    body = paper.body
    if isinstance(body, ForwardedRequest) and view.accepted(paper) and view.member not in body.opinion.copies:
        yield from _stands(view, paper, body.request_id)


def _document(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A request that went from here, or was taken in to be answered; and an answer to one."""
    body = paper.body
    if not isinstance(body, Document) or body.purpose is Purpose.RECORD or not _counts(view, paper):
        return
    sent = paper.direction == "sent"
    if body.kind is DocumentKind.REQUEST and (sent or is_asked(view, paper, body)):
        yield from _stands(view, paper, paper.ref.message_id)
    elif body.kind is DocumentKind.REPLY and (sent or _is_for_here(view, paper, body)):
        yield from _answers(view, paper)


def _is_for_here(view: RowsView, paper: RecordedPaper, body: Document) -> bool:
    """Whether an answer that came is to our own request, or to one that we have passed on."""
    header = paper.header
    if header is None or header.in_reply_to is None:
        return False
    row = request_row(view, header.in_reply_to)
    if is_asked(view, paper, body):
        return row is None or row["seat"] == RequestSeat.ORIGIN
    ours = view.rows.where(request_forward, "request_id", (header.in_reply_to,), passed_by=view.member)
    return bool(ours) and row is not None and main_addressees(header, body) == (row["origin"],)


def _answers(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    asked = paper.header.in_reply_to if paper.header is not None else None
    if asked is None:
        return
    row, at = request_row(view, asked), request_at(view, asked)
    if row is None:
        yield at.left_out("request_id", None, asked, paper.ref)
    elif row["answer_id"] != paper.ref.message_id:
        yield at.left_out("answer_id", row["answer_id"], paper.ref.message_id, paper.ref)
    else:
        yield from at.differs("state", row["state"], RequestState.ANSWERED.value, paper.ref)


def _stands(view: RowsView, paper: RecordedPaper, request_id: str) -> Iterator[RowContradiction]:
    if request_row(view, request_id) is None:
        yield request_at(view, request_id).left_out("request_id", None, request_id, paper.ref)


def _counts(view: RowsView, paper: RecordedPaper) -> bool:
    return paper.direction == "sent" or view.accepted(paper)


def _handling(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """What was sent back was so by a signed message; what is filed is the own record's alone."""
    if row["state"] != HandlingState.RETURNED:
        if row["return_id"] is not None:
            yield at.unproved("return_id", row["return_id"])
        return
    paper = view.paper(row["handled_by"], row["return_id"]) if row["return_id"] is not None else None
    if paper is None:
        yield at.unproved("return_id", row["return_id"])
    elif isinstance(paper.body, DocumentReturn):
        body = paper.body
        yield from at.differs("message_id", row["message_id"], body.document_id, paper.ref)
        yield from at.differs("handled_at", row["handled_at"], body.at, paper.ref)
        yield from at.differs("reason", withheld(row["reason"]), withheld(printable(body.reason)), paper.ref)
        yield from at.differs("officer", row["officer"], printable(body.officer), paper.ref)
    elif paper.fault is None:
        yield at.unproved("return_id", row["return_id"], paper.ref)


def _returned(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A document that was sent back stands so, and cannot be filed beside it."""
    body = paper.body
    if not isinstance(body, DocumentReturn) or not _counts(view, paper):
        return
    here = view.rows.where(document_handling, "message_id", (body.document_id,), handled_by=paper.ref.sender)
    at = RowAt(view.member, document_handling.name, f"{body.document_id} · {paper.ref.sender}")
    if not here:
        yield at.left_out("handled_by", None, paper.ref.sender, paper.ref)
    elif all(one["return_id"] != paper.ref.message_id for one in here):
        yield at.left_out("return_id", here[0]["return_id"], paper.ref.message_id, paper.ref)
    elif all(one["state"] != HandlingState.RETURNED for one in here):
        yield from at.differs("state", here[0]["state"], HandlingState.RETURNED.value, paper.ref)


FORWARDS = RowRule(request_forward, ("request_id", "passed_by"), _forward)
HANDLINGS_HELD = RowRule(document_handling, ("message_id", "handled_by"), _handling)
DOCUMENT_PAPERS = (
    PaperRule(ForwardedRequest.KIND, "sent", _passed_on),
    PaperRule(ForwardedRequest.KIND, "received", _came),
    PaperRule(RequestForwarded.KIND, "received", _passed_on),
    *(PaperRule(Document.KIND, way, _document) for way in ("sent", "received")),
    *(PaperRule(DocumentReturn.KIND, way, _returned) for way in ("sent", "received")),
)
