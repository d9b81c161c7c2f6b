"""What stands against sending a document: everything at once, each with its element, for whoever writes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exchange.documents.convey import sending_faults
from exchange.documents.request_record import came_as, request_id_of, to_answer
from exchange.documents.rules.broken import BrokenRule, DocumentElement, DocumentFault
from exchange.documents.sent_back import returned_of_ours, was_sent_back
from exchange.errors import CallerError, Conflict, NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.node import Step
from exchange.messaging.rules.agreements import check_agreements, false_agreements
from exchange.messaging.rules.secrecy import secrets_in
from exchange.schemas import Document, DocumentKind

_MARKED = {
    "issuing_mark": DocumentElement.MARK,
    "title": DocumentElement.TITLE,
    "body": DocumentElement.BODY,
    "notes": DocumentElement.NOTES,
    "attachments": DocumentElement.ATTACHMENTS,
}
"""The elements by which a document may bear the marking of a classified one."""


@dataclass(frozen=True)
class Answered:
    """What a document answers; a 批复 answers a request."""

    message_id: str | None = None
    conversation_id: str | None = None
    asked_by: tuple[str, ...] = ()
    forwarders: tuple[str, ...] = ()


@dataclass(frozen=True)
class JudgedDocument:
    """A document that is to be sent, held against all rules."""

    main: tuple[str, ...]
    """Who must act on it."""
    copied: tuple[str, ...]
    """Who gets a copy: those who are named, who passed on the request that it answers, and who agreed to it."""
    answered: Answered
    faults: tuple[DocumentFault, ...]
    """What stands against it: errors first, then every broken rule of its way."""


def judge(
    step: Step,
    document: Document,
    addressees: Sequence[str],
    copies: Sequence[str] = (),
    in_reply_to: str | None = None,
    replaces: str | None = None,
) -> JudgedDocument:
    """Hold a document against everything for which sending it is refused; nothing is sent."""
    found = list(secret_faults(document))
    main, copied = tuple(dict.fromkeys(addressees)), tuple(dict.fromkeys(copies or document.copies))
    if not main and not copied:
        none = CallerError("a document needs at least one addressee", remedy="name an address of the directory")
        found.append(DocumentFault(DocumentElement.TO, none))
    answered, unanswerable = Answered(), None
    if in_reply_to is not None or replaces is not None:
        try:
            answered = _refers(step, document, in_reply_to, replaces)
        except CallerError as error:
            unanswerable = DocumentFault(DocumentElement.ANSWERS, error)
            found.append(unanswerable)
    false = list(false_agreements(document, step.tx[Documents].get))
    found += [DocumentFault(DocumentElement.CONCERNS, one) for one in false]
    agreed = () if false else check_agreements(document, step.tx[Documents].get)
    copied = (*copied, *(one for one in dict.fromkeys((*answered.forwarders, *agreed)) if one not in (*copied, *main)))
    found += twice_named(main, copied)
    of_way = sending_faults(step.node, document, main, copied, answers=answered.asked_by)
    found += [one for one in of_way if unanswerable is None or one.element is not DocumentElement.ANSWERS]
    found.sort(key=lambda one: isinstance(one.what, BrokenRule))
    return JudgedDocument(main, copied, answered, tuple(found))


def secret_faults(document: Document) -> Iterator[DocumentFault]:
    """Yield by which of its elements a document is classified, or bears the marking of one."""
    for field, refused in secrets_in(document):
        yield DocumentFault(_MARKED.get(field, DocumentElement.KIND), refused)


def check_copies(main: Sequence[str], copies: Sequence[str]) -> None:
    """Raise CallerError for one who is to act on a document and to have a copy of it besides."""
    both = [one for one in copies if one in main]
    if both:
        raise CallerError("{both}: addressee and copy at once", remedy="name each authority once", both=", ".join(both))


def twice_named(main: Sequence[str], copies: Sequence[str]) -> list[DocumentFault]:
    """Return what `check_copies` finds wrong."""
    try:
        check_copies(main, copies)
    except CallerError as error:
        return [DocumentFault(DocumentElement.COPIES, error)]
    return []


def _refers(step: Step, document: Document, in_reply_to: str | None, replaces: str | None) -> Answered:
    if replaces is None:
        return _answered(step, document, in_reply_to or "")
    if in_reply_to is not None:
        raise CallerError(
            "a document answers one, or replaces one that came back",
            remedy="leave one of them out; the messages of the matter stay together",
        )
    return_id, conversation = returned_of_ours(step, replaces)
    return Answered(return_id, conversation)


def _answered(step: Step, document: Document, message_id: str) -> Answered:
    request_id = request_id_of(step.node, step.tx, message_id)
    if document.kind is DocumentKind.REPLY:
        row = to_answer(step.tx, request_id, step.node.address)
        found = came_as(step.tx, row)
        conversation = found.conversation_id if found else None
        return Answered(request_id, conversation, (row.origin or "",), row.path)
    stored = step.tx[Documents].find(request_id) or step.tx[Documents].find(message_id)
    if not stored:
        raise NotFound(
            "no message {message_id} is on record here",
            remedy="`exchange inbox` lists what came",
            message_id=message_id,
        )
    if any(was_sent_back(step, one) for one in stored):
        raise Conflict("it was sent back from here", remedy="answer the document that replaces it")
    return Answered(request_id, stored[0].conversation_id)
