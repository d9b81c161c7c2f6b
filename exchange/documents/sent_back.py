"""What is known of documents that were sent back: whose came back, and which one replaces it."""

from __future__ import annotations

from exchange.documents.rules.handling import HandlingState
from exchange.documents.store import Handlings
from exchange.envelope import Verified, payload_of
from exchange.envelope.document import parse_body
from exchange.errors import Conflict, NotFound, SenderError
from exchange.messaging.documents import Documents
from exchange.messaging.node import Step
from exchange.messaging.records import StoredDocument
from exchange.schemas import DocumentReturn
from exchange.store.transaction import Transaction


def was_sent_back(step: Step, stored: StoredDocument) -> bool:
    """Return whether this authority has sent a document back."""
    done = step.tx[Handlings].get(stored.sender, stored.message_id, step.node.address)
    return done is not None and done.state is HandlingState.RETURNED


def returned_of_ours(step: Step, message_id: str) -> tuple[str, str]:
    """Return the message by which a document of ours was sent back, the latest of several, and their conversation.

    Raises NotFound or Conflict.
    """
    stored = step.tx[Documents].get(step.node.address, message_id)
    if stored is None:
        raise NotFound(
            "no document {document_id} was sent from here", remedy="`exchange register` lists what was",
            document_id=message_id,
        )  # fmt: skip
    back = [one for one in step.tx[Handlings].of(step.node.address, message_id) if one.return_id is not None]
    if not back:
        raise Conflict("nobody has sent it back", remedy="what is sent replaces only what came back")
    return max(back, key=lambda one: one.handled_at).return_id or "", stored.conversation_id


def replaced(tx: Transaction, document: Verified) -> str | None:
    """Return which document that was sent back a verified one replaces; None where it answers no return of its sender's
    documents.
    """
    header = document.header
    for stored in tx[Documents].find(header.in_reply_to) if header.in_reply_to is not None else ():
        if stored.kind != DocumentReturn.KIND or header.sender == stored.sender:
            continue
        try:
            return parse_body(DocumentReturn, payload_of(stored.signed)).document_id
        except SenderError:
            continue
    return None
