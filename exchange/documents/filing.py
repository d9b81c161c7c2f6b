"""Filing: an officer marks a document as filed (归档), with who and when; it is the own record's alone."""

from __future__ import annotations

from exchange.documents.circulate import CARRIERS
from exchange.documents.letters_here import request_waits
from exchange.documents.rules.handling import DocumentHandling, HandlingState, check_fileable
from exchange.documents.store import Handlings
from exchange.errors import NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node, Step
from exchange.messaging.records import StoredDocument
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import Notice
from exchange.store.transaction import Transaction

_KINDS = CARRIERS | {Notice.KIND}


def file_document(node: Node, message_id: str, officer: str) -> DocumentHandling:
    """Mark a document that came or went as filed; the first time counts.

    Raises NotFound (no such document), Conflict (sent back, or a request that waits) or CallerError.
    """
    with node.step() as step:
        return file_in(step, message_id, officer)


def file_in(step: Step, message_id: str, officer: str) -> DocumentHandling:
    """Do what `file_document` does, inside a step."""
    officer = check_reason(officer, "no officer is named", "say who files it")
    own, stored = step.node.address, _on_record(step.tx, message_id)
    before = step.tx[Handlings].get(stored.sender, message_id, own)
    if before is not None and before.state is HandlingState.FILED:
        return before
    check_fileable(before, waits=stored.direction == "received" and request_waits(step.tx, message_id))
    done = DocumentHandling(own, HandlingState.FILED, step.now, officer)
    step.tx[Handlings].put(stored.sender, message_id, done)
    step.note("document-filed", None, message_id, by=officer)
    return done


def _on_record(tx: Transaction, message_id: str) -> StoredDocument:
    for stored in tx[Documents].find(message_id):
        refused = stored.direction == "received" and message_id in tx[Inbox].returned(stored.sender, (message_id,))
        if stored.kind in _KINDS and not refused:
            return stored
    raise NotFound(
        "no document {message_id} is on record here", remedy="`exchange register` lists them", message_id=message_id
    )
