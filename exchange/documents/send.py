"""Send: an official document goes to other members; checked at the door, sealed once for all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from exchange.documents.convey import check_sending
from exchange.documents.request_record import came_as, note_answered, note_sent, request_id_of, to_answer
from exchange.errors import CallerError, NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.messaging.numbers_used import note_number
from exchange.messaging.register.entering import enter_sent
from exchange.messaging.rules.agreements import check_agreements
from exchange.messaging.rules.secrecy import check_secrecy
from exchange.schemas import Document, DocumentKind, Purpose


def send_document(
    node: Node,
    document: Document,
    addressees: Sequence[str],
    *,
    copies: Sequence[str] = (),
    enclosures: Sequence[bytes] = (),
    in_reply_to: str | None = None,
) -> str:
    """Put a document into the outbox for ``addressees`` and for those who get a copy; returns its message id.

    A 批复 answers the request ``in_reply_to``, and is copied to all who have passed that request on. Who is named as
    having agreed to it gets a copy, too, and sends it back if it did not. Raises Secret for a classified document,
    NotFound for an address that is not in the directory or a message that is cited and not on record, CallerError when
    the enclosures are not the attachments named, or where a rule of its kind does not let it go so (with the article);
    Conflict for a request that was answered or passed on.
    """
    with node.step() as step:
        return send_in(step, document, addressees, copies=copies, enclosures=enclosures, in_reply_to=in_reply_to)


def send_in(
    step: Step,
    document: Document,
    addressees: Sequence[str],
    *,
    copies: Sequence[str] = (),
    enclosures: Sequence[bytes] = (),
    in_reply_to: str | None = None,
) -> str:
    """Do what `send_document` does, inside a step."""
    check_enclosures(document, enclosures)
    main, copied, answered = _expect_lawful(step, document, addressees, copies, in_reply_to)
    message_id = step.send(
        copied_to(document, copied),
        (*main, *copied),
        urgency=document.urgency,
        enclosures=enclosures,
        conversation_id=answered.conversation_id,
        in_reply_to=answered.message_id,
    )
    _put_down(step, document, message_id, main, answered)
    note_number(step, document, message_id)
    enter_sent(step, message_id, document, (*main, *copied))
    step.note("document-sent", None, message_id, addressees=len(main), copies=len(copied))
    return message_id


def check_document(
    node: Node,
    document: Document,
    addressees: Sequence[str],
    *,
    copies: Sequence[str] = (),
    in_reply_to: str | None = None,
) -> None:
    """Raise what `send_document` would raise, but for enclosures, and send nothing."""
    with node.step() as step:
        _expect_lawful(step, document, addressees, copies, in_reply_to)


def check_enclosures(document: Document, enclosures: Sequence[bytes]) -> None:
    """Raise CallerError unless the enclosures are the attachments that a document names, in its order."""
    named = [attachment.digest for attachment in document.attachments]
    if named != [hashlib.sha256(enclosure).hexdigest() for enclosure in enclosures]:
        raise CallerError(
            "the enclosures are not the document's attachments", remedy="give them in the document's order"
        )


def check_copies(main: Sequence[str], copies: Sequence[str]) -> None:
    """Raise CallerError for one who is to act on a document and to have a copy of it besides."""
    both = [one for one in copies if one in main]
    if both:
        raise CallerError("{both}: addressee and copy at once", remedy="name each authority once", both=", ".join(both))


def copied_to(document: Document, copies: Sequence[str]) -> Document:
    """Return the document as it is signed: it says itself who has it as a copy."""
    return document if document.copies == tuple(copies) else document.model_copy(update={"copies": tuple(copies)})


def _expect_lawful(
    step: Step, document: Document, addressees: Sequence[str], copies: Sequence[str], in_reply_to: str | None
) -> tuple[tuple[str, ...], tuple[str, ...], _Answered]:
    """Who must act on it, who gets a copy, and what it answers; raises for what the rules do not allow."""
    check_secrecy(document)
    main, copied = tuple(dict.fromkeys(addressees)), tuple(dict.fromkeys(copies or document.copies))
    if not main and not copied:
        raise CallerError("a document needs at least one addressee", remedy="name an address of the directory")
    answered = _answered(step, document, in_reply_to) if in_reply_to is not None else _Answered(None, None)
    agreed = check_agreements(document, step.tx[Documents].get)
    copied = (*copied, *(one for one in dict.fromkeys((*answered.forwarders, *agreed)) if one not in (*copied, *main)))
    check_copies(main, copied)
    check_sending(step.node, document, main, copied, answers=answered.asked_by)
    return main, copied, answered


@dataclass(frozen=True)
class _Answered:
    """What a document answers; a 批复 answers a request."""

    message_id: str | None
    conversation_id: str | None
    asked_by: tuple[str, ...] = ()
    forwarders: tuple[str, ...] = ()


def _answered(step: Step, document: Document, message_id: str) -> _Answered:
    request_id = request_id_of(step.node, step.tx, message_id)
    if document.kind is DocumentKind.REPLY:
        row = to_answer(step.tx, request_id, step.node.address)
        found = came_as(step.tx, row)
        conversation = found.conversation_id if found else None
        return _Answered(request_id, conversation, (row.origin or "",), row.path)
    stored = step.tx[Documents].find(request_id) or step.tx[Documents].find(message_id)
    if not stored:
        raise NotFound(
            "no message {message_id} is on record here",
            remedy="`exchange inbox` lists what came",
            message_id=message_id,
        )
    return _Answered(request_id, stored[0].conversation_id)


def _put_down(step: Step, document: Document, message_id: str, main: Sequence[str], answered: _Answered) -> None:
    if document.purpose is Purpose.RECORD:
        return
    if document.kind is DocumentKind.REQUEST:
        note_sent(step, message_id, main[0])
    if document.kind is DocumentKind.REPLY and answered.message_id is not None:
        note_answered(step, answered.message_id, message_id, step.node.address)
