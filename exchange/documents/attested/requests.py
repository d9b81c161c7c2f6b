"""A request's row at its origin and at who was asked, against the request, its answer and its return."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from exchange.documents.convey import main_addressees
from exchange.documents.rules.handling import HandlingState
from exchange.documents.rules.request_states import RequestSeat, RequestState
from exchange.documents.tables import document_handling, request, request_forward
from exchange.messaging.attested.contradiction import RowAt, RowContradiction
from exchange.messaging.attested.rule import RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.schemas import Document, DocumentKind, ForwardedRequest
from exchange.store.rows import Row


def request_row(view: RowsView, request_id: str) -> Row | None:
    """Return the row of a request."""
    return next(iter(view.rows.where(request, "request_id", (request_id,))), None)


def request_at(view: RowsView, request_id: str) -> RowAt:
    """Return the name of that row."""
    return RowAt(view.member, request.name, request_id)


def held_moment(
    view: RowsView, at: RowAt, column: str, moment: datetime | None, paper: RecordedPaper
) -> Iterator[RowContradiction]:
    """Hold when something was put down: as it was signed here, or while what came was taken in."""
    if paper.ref.sender == view.member:
        yield from at.differs(column, moment, paper.signed_at, paper.ref)
        return
    given = view.own_receipt(paper.ref.sender, paper.ref.message_id)
    if given is not None and (moment is None or not given.spans(moment)):
        yield from at.differs(column, moment, given.receipt.signed_for_at, given.batch)


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    if row["seat"] == RequestSeat.ORIGIN:
        paper = view.paper(view.member, row["request_id"])
    else:
        paper = view.paper(row["source"], row["message_id"])
    if paper is None:
        yield at.unproved("request_id", row["request_id"])
        return
    if paper.body is not None:
        yield from _as_asked(view, at, row, paper)
        yield from held_moment(view, at, "recorded_at", row["recorded_at"], paper)
    yield from _state(view, at, row)
    yield from _answered(view, at, row)


def _as_asked(view: RowsView, at: RowAt, row: Row, paper: RecordedPaper) -> Iterator[RowContradiction]:
    body = paper.body
    if isinstance(body, ForwardedRequest):
        signed = (body.request_id, body.origin, body.digest, body.path)
    elif isinstance(body, Document) and body.kind is DocumentKind.REQUEST:
        signed = (paper.ref.message_id, paper.ref.sender, paper.ref.digest, ())
    else:
        yield at.unproved("request_id", row["request_id"], paper.ref)
        return
    yield from at.differs("request_id", row["request_id"], signed[0], paper.ref)
    if row["seat"] != RequestSeat.ORIGIN:
        yield from at.differs("origin", row["origin"], signed[1], paper.ref)
        yield from at.differs("digest", row["digest"], signed[2], paper.ref)
        yield from at.differs("path", row["path"], json.dumps(signed[3], ensure_ascii=False), paper.ref)


def _state(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """What it rests on: that it went further up, was answered, or was sent back, is a row of its own or an answer."""
    state, request_id = row["state"], row["request_id"]
    forwarded = bool(view.rows.where(request_forward, "request_id", (request_id,)))
    back = [one for one in view.rows.where(document_handling, "message_id", (request_id,))
            if one["state"] == HandlingState.RETURNED]  # fmt: skip
    borne_out = {
        RequestState.OPEN: row["answer_id"] is None and not forwarded and not back,
        RequestState.FORWARDED: row["answer_id"] is None and forwarded,
        RequestState.ANSWERED: row["answer_id"] is not None,
        RequestState.RETURNED: row["answer_id"] is None and bool(back),
    }
    if not borne_out.get(state, False):
        yield at.unproved("state", state)


def _answered(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    if row["answer_id"] is None:
        for column in ("answered_by", "answered_at"):
            if row[column] is not None:
                yield at.unproved(column, row[column])
        return
    paper = next(iter(view.find(row["answer_id"])), None)
    if paper is None:
        yield at.unproved("answer_id", row["answer_id"])
    elif paper.header is not None and isinstance(paper.body, Document):
        yield from at.differs("answer_id", row["request_id"], paper.header.in_reply_to, paper.ref)
        yield from at.differs("answered_by", row["answered_by"], paper.ref.sender, paper.ref)
        yield from held_moment(view, at, "answered_at", row["answered_at"], paper)
    elif paper.fault is None:
        yield at.unproved("answer_id", row["answer_id"], paper.ref)


def is_asked(view: RowsView, paper: RecordedPaper, body: Document) -> bool:
    """Return whether this member was to act on a document that came."""
    return paper.header is not None and view.member in main_addressees(paper.header, body)


REQUESTS_HELD = RowRule(request, ("request_id",), _check, newest="recorded_at")
