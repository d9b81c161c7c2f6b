"""A document that came here, with all that decides what may be done with it: who must act, and what was done."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from exchange.documents.convey import main_addressees
from exchange.documents.rules.request_states import RequestSeat, RequestState
from exchange.documents.store import Requests
from exchange.envelope import verify_signed
from exchange.errors import NotFound, SenderError
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node, Step
from exchange.messaging.records import StoredDocument
from exchange.schemas import Document
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class Letter:
    """A document that came here and was not refused."""

    stored: StoredDocument
    document: Document
    main: tuple[str, ...]
    """Who must act on it."""
    is_dealt_with: bool
    """Whether it was answered from here, or passed on."""

    @property
    def digest(self) -> str:
        """SHA-256 of its signed bytes."""
        return hashlib.sha256(self.stored.signed).hexdigest()


def letter_here(step: Step, message_id: str) -> Letter:
    """Return the document that came under an id. Raises NotFound, or SenderError where it does not verify any more."""
    for stored in step.tx[Documents].find(message_id):
        came = stored.direction == "received" and stored.kind == Document.KIND
        if not came or message_id in step.tx[Inbox].returned(stored.sender, (message_id,)):
            continue
        verified = verify_signed(stored.signed, step.node.directory)
        if isinstance(verified.body, Document):
            main = main_addressees(verified.header, verified.body)
            return Letter(stored, verified.body, main, _is_dealt_with(step.node, step.tx, stored))
    raise NotFound(
        "no document {message_id} came here",
        remedy="`exchange register` lists what came, with its message id",
        message_id=message_id,
    )


def request_waits(tx: Transaction, message_id: str) -> bool:
    """Return whether a message is a request that waits here to be answered or passed on."""
    row = tx[Requests].get(message_id)
    return row is not None and row.seat is RequestSeat.ASKED and row.state is RequestState.OPEN


def _is_dealt_with(node: Node, tx: Transaction, stored: StoredDocument) -> bool:
    row = tx[Requests].get(stored.message_id)
    if row is not None and row.seat is RequestSeat.ASKED and row.state is not RequestState.OPEN:
        return True
    there = tx[Documents].of_conversation(stored.conversation_id, Document.KIND)
    return any(_answers(node, one, stored.message_id) for one in there if one.direction == "sent")


def _answers(node: Node, sent: StoredDocument, message_id: str) -> bool:
    try:
        return verify_signed(sent.signed, node.directory).header.in_reply_to == message_id
    except SenderError:
        return False
