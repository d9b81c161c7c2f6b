"""Returning: an addressee sends a document back with its reason (退文), and who wrote it may write it anew.

Regulation of 2012, article 24: what does not satisfy the rules when it is looked through is returned in time to the
authority that wrote it, with the reason.
"""

from __future__ import annotations

import hashlib

from exchange.documents.convey import main_addressees
from exchange.documents.letters_here import letter_here
from exchange.documents.rules.handling import DocumentHandling, HandlingState, check_returnable, is_returnable
from exchange.documents.rules.request_states import REQUESTS, RequestSeat, RequestState
from exchange.documents.store import Handlings, Requests
from exchange.envelope import verify_signed
from exchange.errors import Returned
from exchange.messaging.checks import expect
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import Body, Document, DocumentReturn


def handlers() -> dict[str, Handler]:
    """Return the message handlers of every authority: for what others send back to it."""
    return {DocumentReturn.KIND: take_return}


def return_document(node: Node, message_id: str, reason: str, officer: str) -> str:
    """Send a document back to who wrote it, with the reason; return the message id.

    Once, by an addressee that is to act on it, before it was answered, passed on or filed. Raises NotFound, Conflict or
    CallerError.
    """
    with node.step() as step:
        return return_in(step, message_id, reason, officer)


def return_in(step: Step, message_id: str, reason: str, officer: str) -> str:
    """Do what `return_document` does, inside a step."""
    reason = check_reason(reason, "a return needs its reason", "say what does not satisfy which rule")
    officer = check_reason(officer, "no officer is named", "say who sends it back")
    own, letter = step.node.address, letter_here(step, message_id)
    before = step.tx[Handlings].get(letter.stored.sender, message_id, own)
    check_returnable(letter.document, own, letter.main, before, dealt_with=letter.is_dealt_with)
    step.node.expect((letter.stored.sender,))
    body = DocumentReturn(document_id=message_id, digest=letter.digest, reason=reason, officer=officer, at=step.now)
    sent = step.send(
        body, (letter.stored.sender,), conversation_id=letter.stored.conversation_id, in_reply_to=message_id
    )
    done = DocumentHandling(own, HandlingState.RETURNED, step.now, officer, reason, sent)
    step.tx[Handlings].put(letter.stored.sender, message_id, done)
    _move_request(step, message_id)
    step.note("document-returned", None, message_id, to=letter.stored.sender, by=officer)
    return sent


def take_return(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in that an addressee sends a document of ours back. Raises Returned where it may not."""
    told, sender = expect(body, DocumentReturn), incoming.sender
    stored = step.tx[Documents].get(step.node.address, told.document_id)
    own = verify_signed(stored.signed, step.node.directory) if stored and stored.kind == Document.KIND else None
    if own is None or stored is None or not isinstance(own.body, Document):
        raise Returned(
            "no document {document_id} was sent from here", code="unknown-document", remedy="compare the id",
            document_id=told.document_id,
        )  # fmt: skip
    if hashlib.sha256(stored.signed).hexdigest() != told.digest:
        raise Returned("it is about other bytes than were sent", code="altered", remedy="return what came")
    if sender not in main_addressees(own.header, own.body) or not is_returnable(own.body.kind):
        raise Returned("{sender} was not to act on it", code="not-entitled", remedy="write a 函", sender=sender)
    row = step.tx[Requests].get(told.document_id)
    if row is not None and row.seat is RequestSeat.ORIGIN and row.state is RequestState.ANSWERED:
        raise Returned("it is answered already", code="already-answered", remedy="write a 函")
    done = DocumentHandling(sender, HandlingState.RETURNED, told.at, told.officer, told.reason, incoming.message_id)
    if not step.tx[Handlings].put(step.node.address, told.document_id, done):
        raise Returned("it was sent back before", code="already-returned", remedy="a document is sent back once")
    _move_request(step, told.document_id)
    step.note("document-sent-back", None, told.document_id, by=sender)


def _move_request(step: Step, request_id: str) -> None:
    step.tx[Requests].move(request_id, REQUESTS.before(RequestState.RETURNED), RequestState.RETURNED)
