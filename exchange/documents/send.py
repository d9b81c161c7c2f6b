"""Send: an official document goes to other members; checked at the door, sealed once for all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from exchange.documents.convey import refuse_all
from exchange.documents.judging import Answered, JudgedDocument, judge
from exchange.documents.request_record import note_answered, note_sent
from exchange.errors import CallerError
from exchange.messaging.node import Node, Step
from exchange.messaging.numbers_used import note_number
from exchange.messaging.register.entering import enter_sent
from exchange.schemas import Document, DocumentKind, Purpose


def send_document(
    node: Node,
    document: Document,
    addressees: Sequence[str],
    *,
    copies: Sequence[str] = (),
    enclosures: Sequence[bytes] = (),
    in_reply_to: str | None = None,
    replaces: str | None = None,
) -> str:
    """Put a document into the outbox for ``addressees`` and for those who get a copy; returns its message id.

    A 批复 answers the request ``in_reply_to``, and is copied to all who have passed that request on. Who is named as
    having agreed to it gets a copy, too, and sends it back if it did not. ``replaces`` is a document of ours that an
    addressee has sent back; the new one answers that return. Raises Secret for a classified document,
    NotFound for an address that is not in the directory or a message that is cited and not on record, CallerError when
    the enclosures are not the attachments named, or where a rule of its kind does not let it go so (with the article);
    Conflict for a request that was answered or passed on.
    """
    with node.step() as step:
        return send_in(
            step, document, addressees, copies=copies, enclosures=enclosures, in_reply_to=in_reply_to, replaces=replaces
        )


def send_in(
    step: Step,
    document: Document,
    addressees: Sequence[str],
    *,
    copies: Sequence[str] = (),
    enclosures: Sequence[bytes] = (),
    in_reply_to: str | None = None,
    replaces: str | None = None,
) -> str:
    """Do what `send_document` does, inside a step."""
    check_enclosures(document, enclosures)
    judged = _expect_lawful(step, document, addressees, copies, in_reply_to, replaces)
    main, copied, answered = judged.main, judged.copied, judged.answered
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
    replaces: str | None = None,
) -> None:
    """Raise what `send_document` would raise, but for enclosures, and send nothing."""
    with node.step() as step:
        _expect_lawful(step, document, addressees, copies, in_reply_to, replaces)


def check_enclosures(document: Document, enclosures: Sequence[bytes]) -> None:
    """Raise CallerError unless the enclosures are the attachments that a document names, in its order."""
    named = [attachment.digest for attachment in document.attachments]
    if named != [hashlib.sha256(enclosure).hexdigest() for enclosure in enclosures]:
        raise CallerError(
            "the enclosures are not the document's attachments", remedy="give them in the document's order"
        )


def copied_to(document: Document, copies: Sequence[str]) -> Document:
    """Return the document as it is signed: it says itself who has it as a copy."""
    return document if document.copies == tuple(copies) else document.model_copy(update={"copies": tuple(copies)})


def _expect_lawful(
    step: Step,
    document: Document,
    addressees: Sequence[str],
    copies: Sequence[str],
    in_reply_to: str | None,
    replaces: str | None,
) -> JudgedDocument:
    """Who must act on it, who gets a copy, and what it answers; raises for what the rules do not allow."""
    judged = judge(step, document, addressees, copies, in_reply_to, replaces)
    refuse_all(document.kind, judged.faults)
    return judged


def _put_down(step: Step, document: Document, message_id: str, main: Sequence[str], answered: Answered) -> None:
    if document.purpose is Purpose.RECORD:
        return
    if document.kind is DocumentKind.REQUEST:
        note_sent(step, message_id, main[0])
    if document.kind is DocumentKind.REPLY and answered.message_id is not None:
        note_answered(step, answered.message_id, message_id, step.node.address)
