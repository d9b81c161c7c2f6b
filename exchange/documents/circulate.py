"""Circulate: a received document goes round to named officers of the authority, and each records having read it."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.documents.rules.circulation import CirculationReader, CirculationState, reader_of, to_add
from exchange.documents.store import Circulations
from exchange.errors import NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node, Step
from exchange.messaging.records import StoredDocument
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import Document, ForwardedRequest, Forwarding, JointDocument
from exchange.store.transaction import Transaction

CARRIERS = frozenset({Document.KIND, ForwardedRequest.KIND, Forwarding.KIND, JointDocument.KIND})
"""Kinds of message by which documents come."""


def circulate(node: Node, message_id: str, officers: Sequence[str], by: str) -> tuple[CirculationReader, ...]:
    """Put a received document round to officers of this authority; returns all to whom it goes.

    Who has it already keeps what is recorded. Raises NotFound (no such document came here) or CallerError.
    """
    with node.step() as step:
        return circulate_in(step, message_id, officers, by)


def circulate_in(step: Step, message_id: str, officers: Sequence[str], by: str) -> tuple[CirculationReader, ...]:
    """Do what `circulate` does, inside a step."""
    put_by = check_reason(by, "no officer is named", "say who puts it round (--officer)")
    letter = _received(step.tx, message_id)
    fresh = to_add(step.tx[Circulations].readers(letter.sender, message_id), officers)
    step.tx[Circulations].put(letter.sender, message_id, [CirculationReader(name, put_by, step.now) for name in fresh])
    if fresh:
        step.note("circulated", None, message_id, officers=list(fresh), by=put_by)
    return tuple(step.tx[Circulations].readers(letter.sender, message_id))


def mark_read(node: Node, message_id: str, officer: str) -> CirculationReader:
    """Record that an officer has read a document that was put round; the first time counts.

    Raises NotFound (no such document, or not put round to them) or CallerError.
    """
    with node.step() as step:
        return mark_read_in(step, message_id, officer)


def mark_read_in(step: Step, message_id: str, officer: str) -> CirculationReader:
    """Do what `mark_read` does, inside a step."""
    letter = _received(step.tx, message_id)
    reader = reader_of(step.tx[Circulations].readers(letter.sender, message_id), officer)
    if reader.state is CirculationState.UNREAD:
        _mark(step, letter, reader.officer)
    return reader_of(step.tx[Circulations].readers(letter.sender, message_id), officer)


def readers_of(node: Node, message_id: str) -> tuple[CirculationReader, ...]:
    """Return to whom a received document was put round, and who has read it. Raises NotFound."""
    with node.store.reading() as tx:
        return readers_in(tx, message_id)


def readers_in(tx: Transaction, message_id: str) -> tuple[CirculationReader, ...]:
    """Do what `readers_of` does, inside a transaction."""
    return tuple(tx[Circulations].readers(_received(tx, message_id).sender, message_id))


def _mark(step: Step, letter: StoredDocument, officer: str) -> None:
    if step.tx[Circulations].mark_read(letter.sender, letter.message_id, officer, step.now):
        step.note("circulation-read", None, letter.message_id, officer=officer)


def _received(tx: Transaction, message_id: str) -> StoredDocument:
    """The document that came under this id and was not sent back."""
    for letter in tx[Documents].find(message_id):
        came = letter.direction == "received" and letter.kind in CARRIERS
        if came and message_id not in tx[Inbox].returned(letter.sender, (message_id,)):
            return letter
    raise NotFound(
        "no document {message_id} came here",
        remedy="`exchange register` lists what came, with its message id",
        message_id=message_id,
    )
