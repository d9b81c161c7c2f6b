"""Documents that arrive: classified ones are refused, broken ways are returned, requests and answers put on record."""

from __future__ import annotations

from exchange.documents.convey import check_arrival, main_addressees, stands_above
from exchange.documents.records import RequestRow
from exchange.documents.request_record import forwarded_by, note_answered, note_came
from exchange.documents.rules.request_states import RequestSeat, RequestState
from exchange.documents.store import Requests
from exchange.envelope import verify_signed
from exchange.errors import Returned, Secret
from exchange.messaging.checks import returned_for
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step
from exchange.messaging.register.entering import enter_received
from exchange.messaging.rules.secrecy import check_secrecy
from exchange.schemas import Body, Document, DocumentKind, Purpose


def take_document(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in an official document and keep it for the member's own system.

    Raises Returned: classified, or not on a lawful way.
    """
    if not isinstance(body, Document):
        return
    refuse_secrets(body)
    if body.purpose is not Purpose.RECORD:
        _take(step, incoming, body)
    enter_received(step, incoming, body)


def _take(step: Step, incoming: Incoming, body: Document) -> None:
    main = main_addressees(incoming.opened.header, body)
    answers = _answers(step, incoming, main) if body.kind is DocumentKind.REPLY else ()
    check_arrival(step.node.directory, incoming.opened.header, body, answers=answers)
    _refuse_false_agreement(step, incoming.sender, body)
    if body.kind is DocumentKind.REQUEST and step.node.address in main:
        _take_request(step, incoming)
    elif body.kind is DocumentKind.REPLY:
        _take_reply(step, incoming, main)


def refuse_secrets(document: Document) -> None:
    """Raise Returned for a classified document."""
    with returned_for(Secret):
        check_secrecy(document)


def _refuse_false_agreement(step: Step, sender: str, document: Document) -> None:
    """Raise Returned where it says of this authority that it agreed, and nothing sent to its sender says so."""
    own = step.node.address
    for one in document.concerns:
        if one.authority != own or one.agreed_in is None:
            continue
        found = step.tx[Documents].get(own, one.agreed_in)
        stated = verify_signed(found.signed, step.node.directory) if found and found.kind == Document.KIND else None
        if stated is None or sender not in stated.header.addressees:
            raise Returned(
                "{own} has sent no document {message_id} in which it agreed to this",
                code="not-agreed",
                remedy="ask for its agreement by a 函, and name the document in which it answers",
                own=own,
                message_id=one.agreed_in,
            )


def asked(step: Step, request_id: str) -> str | None:
    """Return whom an own request asks; None if no request of ours has this id."""
    stored = step.tx[Documents].get(step.node.address, request_id)
    if stored is None or stored.kind != Document.KIND:
        return None
    own = verify_signed(stored.signed, step.node.directory)
    if not isinstance(own.body, Document) or own.body.kind is not DocumentKind.REQUEST:
        return None
    return main_addressees(own.header, own.body)[0]


def _answers(step: Step, incoming: Incoming, main: tuple[str, ...]) -> tuple[str, ...]:
    """Who asked, as far as it is known here: of its own request everybody knows; of others' the answer is believed."""
    request_id = incoming.opened.header.in_reply_to
    if request_id is None:
        return ()
    if step.node.address not in main:
        return main
    return (step.node.address,) if asked(step, request_id) is not None else ()


def _take_request(step: Step, incoming: Incoming) -> None:
    request_id, sender = incoming.message_id, incoming.sender
    came = RequestRow(
        request_id, RequestSeat.ASKED, RequestState.OPEN, step.now,
        origin=sender, source=sender, message_id=request_id, digest=incoming.opened.digest,
    )  # fmt: skip
    if not note_came(step, came):
        raise Returned(
            "another request has the id {request_id}",
            code="id-reused",
            remedy="send it under an id anew",
            request_id=request_id,
        )


def _take_reply(step: Step, incoming: Incoming, main: tuple[str, ...]) -> None:
    """The answer to our own request, or to one that we passed on."""
    request_id = incoming.opened.header.in_reply_to or ""
    row = step.tx[Requests].get(request_id)
    if step.node.address in main:
        entitled = asked(step, request_id)
    else:
        forward = forwarded_by(step.tx, request_id, step.node.address)
        ours = row is not None and row.seat is RequestSeat.ASKED and main == (row.origin,)
        entitled = forward.passed_to if forward is not None and ours else None
        if entitled is None:
            return  # a copy about a request that was never here
    if entitled is None or not _may_answer(step, incoming.sender, entitled):
        raise Returned(
            "{sender} was not asked",
            code="not-entitled",
            remedy="who was asked answers, or its superior",
            sender=incoming.sender,
        )
    if not note_answered(step, request_id, incoming.message_id, incoming.sender):
        raise Returned(
            "request {request_id} is answered already",
            code="already-answered",
            remedy="write of it by a 函 or a 通知",
            request_id=request_id,
        )


def _may_answer(step: Step, sender: str, entitled: str) -> bool:
    return sender == entitled or stands_above(step.node.directory, sender, entitled)
