"""The chain of a document: how a request went up and was answered, and the messages of its conversation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from exchange.desk.visit import DeskVisit
from exchange.documents.request_record import RequestStatus, request_status
from exchange.documents.rules.request_states import RequestProgress
from exchange.errors import SenderError
from exchange.language import Words
from exchange.messaging.documents import Documents
from exchange.operations.trace.dossier import Filed, document_in
from exchange.operations.trace.dossier import filed as filed_messages
from exchange.schemas.titles import kind_name

_PROGRESS: dict[RequestProgress, Words] = {
    RequestProgress.SENT: ("已发出", "sent"),
    RequestProgress.RECEIVED: ("已收到", "received"),
    RequestProgress.RETURNED: ("已退回", "sent back"),
    RequestProgress.FAILED: ("投递失败", "not delivered"),
    RequestProgress.FORWARDED: ("已转报", "passed on"),
    RequestProgress.ANSWERED: ("已答复", "answered"),
}
Entry = tuple[str, str, datetime | None, str]


@dataclass(frozen=True)
class RelatedLetter:
    """Another message of the same conversation."""

    message_id: str
    sender: str
    what: str
    at: datetime
    sent: bool


def chain_of(visit: DeskVisit, message_id: str) -> tuple[RequestStatus | None, list[Entry]]:
    """Return how a request stands with its way as a timeline; None where the message is no request."""
    try:
        found = request_status(visit.node, message_id)
    except SenderError:
        return None, []
    return (found, list(_entries(visit, found))) if found is not None else (None, [])


def _entries(visit: DeskVisit, found: RequestStatus) -> Iterator[Entry]:
    origin, to = _name(visit, found.origin), _name(visit, found.to)
    yield "done", visit.say(f"{origin}向{to}请示", f"{origin} asks {to}"), found.came_at, found.reason
    for one in found.forwards:
        by, to = _name(visit, one.by), _name(visit, one.to)
        yield "done", visit.say(f"{by}转报{to}", f"{by} passes it on to {to}"), one.at, one.opinion
    if found.answered_by is not None:
        by = _name(visit, found.answered_by)
        yield "done", visit.say(f"{by}已批复", f"{by} has answered"), found.answered_at, ""
    else:
        yield "now", visit.say("等待批复", "waits for its answer"), None, ""


def _name(visit: DeskVisit, address: str) -> str:
    return visit.words(visit.face.names().get(address, (address, address)))


def progress_words(visit: DeskVisit, found: RequestStatus) -> str:
    """Name where a request stands."""
    return visit.words(_PROGRESS[found.state])


def related(visit: DeskVisit, item: Filed) -> list[RelatedLetter]:
    """Return the other messages of the conversation that are no receipts, in the order recorded."""
    with visit.node.store.reading() as tx:
        there = tx[Documents].of_conversation(item.stored.conversation_id)
    return [
        RelatedLetter(one.message_id, one.sender, _what(visit, one.message_id, one.kind), one.recorded_at,
                one.direction == "sent")
        for one in there
        if one.message_id != item.stored.message_id
    ]  # fmt: skip


def called(visit: DeskVisit, *message_ids: str | None) -> dict[str, str]:
    """Return number and title of documents that are here, by the ids of their messages; of others the id."""
    return {one: _called(visit, one) for one in message_ids if one}


def _called(visit: DeskVisit, message_id: str) -> str:
    try:
        document = document_in(filed_messages(visit.node, message_id)[0])
    except SenderError:
        return message_id
    return f"{document.title}（{document.number}）" if document is not None else message_id


def _what(visit: DeskVisit, message_id: str, kind: str) -> str:
    found = filed_messages(visit.node, message_id)
    document = document_in(found[0])
    return f"{document.kind.value} {document.title}" if document is not None else kind_name(kind)
