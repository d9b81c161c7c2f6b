"""Trail: gathers what the members' stores and the broker know of a message, or of all messages of a case.

Receipts are verified against the directory as anybody else would verify them. Nothing of a body is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from exchange.audit import verify_receipt
from exchange.envelope import Trust, verify_signed
from exchange.envelope.document import clear_header
from exchange.errors import ExchangeError, NotFound, SenderError
from exchange.messaging.log.handovers import Handovers
from exchange.messaging.receipts import receipt_proof
from exchange.messaging.records import OutboxState
from exchange.operations.records.lines import MessageHead
from exchange.operations.records.store import Search
from exchange.operations.records.trace_facts import (
    AnswerFact,
    DeskFact,
    ReceiptFact,
    TracedCopy,
    TracedMessage,
    TraceFacts,
)
from exchange.operations.trace.rules import Trace, trace
from exchange.schemas import Consultation, ReceiptBatch
from exchange.store.transaction import Store, Transaction

AskBroker = Callable[[], Mapping[str, int | None] | None]
"""Messages by queue; None where the broker cannot be asked."""
_NOT_TRUSTED = "the directory cannot be read now"


@dataclass(frozen=True)
class CaseMessage:
    """One message of a case, with its copies as the sender's outbox has them."""

    head: MessageHead
    copies: tuple[TracedCopy, ...]


def trace_message(
    stores: Mapping[str, Store],
    trust: Trust | None,
    message_id: str,
    ask_broker: AskBroker = lambda: None,
) -> list[Trace]:
    """Trace the messages under an id: one, since ids are unique with their sender. Raises NotFound.

    The broker is asked only where a copy was sent and not taken in; without ``trust`` no receipt is proven.
    """
    with ExitStack() as stack:
        reading = {address: stack.enter_context(store.reading()) for address, store in stores.items()}
        heads = [head for address, tx in reading.items() for head in tx[Search].heads(address, [message_id])]
        senders = dict.fromkeys(head.sender for head in heads)
        if not senders:
            raise _unknown(reading, message_id)
        found = [_facts(reading, trust, [head for head in heads if head.sender == one]) for one in senders]
    queued = ask_broker() if any(_under_way(facts) for facts in found) else None
    return [trace(replace(facts, queued=queued)) for facts in found]


def messages_of_case(stores: Mapping[str, Store], number: str) -> list[CaseMessage]:
    """Return all messages of a case that members of the domain sent or received, in the order recorded. Raises
    NotFound.
    """
    with ExitStack() as stack:
        reading = {address: stack.enter_context(store.reading()) for address, store in stores.items()}
        heads: dict[tuple[str, str], MessageHead] = {}
        for address, tx in reading.items():
            for head in _of_case(address, tx, number):
                key = (head.sender, head.message_id)
                if key not in heads or head.member == head.sender:
                    heads[key] = head
        if not heads:
            raise NotFound(
                "no case {number} in this domain",
                remedy="`exchange find --number` looks for parts of a number",
                number=number,
            )
        copies = {
            address: tx[Search].copies([head.message_id for head in heads.values() if head.sender == address])
            for address, tx in reading.items()
        }
    in_order = sorted(heads.values(), key=lambda head: (head.recorded_at, head.message_id))
    return [
        CaseMessage(head, tuple(one for one in copies.get(head.sender, ()) if one.message_id == head.message_id))
        for head in in_order
    ]


def _of_case(address: str, tx: Transaction, number: str) -> Iterator[MessageHead]:
    conversation = tx[Search].case_conversation(number)
    if conversation is not None:
        yield from tx[Search].conversation(address, conversation)
    noted = tx[Search].noted_messages(number)
    yield from (head for head in tx[Search].heads(address, noted) if head.kind != ReceiptBatch.KIND)


def _facts(
    reading: Mapping[str, Transaction],
    trust: Trust | None,
    heads: Sequence[MessageHead],
) -> TraceFacts:
    head = next((one for one in heads if one.member == one.sender and one.direction == "sent"), heads[0])
    message, sender = _message(reading, trust, head), reading.get(head.sender)
    every = list(reading.items())
    having = [
        (address, reading[address])
        for address in dict.fromkeys([head.sender, *(one.member for one in heads)])
        if address in reading
    ]
    notes = tuple(note for address, tx in having for note in tx[Search].notes(address, head.message_id))
    copies = tuple(sender[Search].copies([head.message_id])) if sender is not None else ()
    cases = {note.case_number for note in notes if note.case_number}
    return TraceFacts(
        message,
        frozenset(reading),
        copies,
        tuple(one for address, tx in having for one in tx[Search].taken(address, head.message_id)),
        tuple(one for address, tx in every for one in tx[Search].aside(address, head.message_id)),
        tuple(_receipts(sender, trust, copies)) if sender is not None else (),
        tuple(_answers(reading, message)),
        tuple(_desks(reading, message, cases)) if head.kind == Consultation.KIND else (),
        notes,
        tuple((address, one) for address, tx in having for one in tx[Handovers].of([head.message_id])),
    )


def _under_way(facts: TraceFacts) -> bool:
    taken = {one.member for one in facts.taken}
    return any(copy.state == OutboxState.SENT and copy.addressee not in taken for copy in facts.copies)


def _message(reading: Mapping[str, Transaction], trust: Trust | None, head: MessageHead) -> TracedMessage:
    signed, fault = reading[head.member][Search].signed(head), ""
    try:
        if trust is not None:
            verify_signed(signed, trust)
    except SenderError as error:
        fault = str(error)
    try:
        header = clear_header(signed)
        addressees, created_at = header.addressees, header.created_at
    except SenderError as error:
        addressees, created_at, fault = (), None, fault or str(error)
    return TracedMessage(
        head.message_id, head.sender, head.kind, head.conversation_id, head.digest, addressees, created_at,
        head.recorded_at, fault,
    )  # fmt: skip


def _receipts(sender: Transaction, trust: Trust | None, copies: Sequence[TracedCopy]) -> Iterator[ReceiptFact]:
    for copy in copies:
        if copy.receipt_id is None or copy.receipt_index is None:
            continue
        if trust is None:
            yield ReceiptFact(copy.addressee, copy.receipt_id, fault=_NOT_TRUSTED)
            continue
        try:
            proof = receipt_proof(sender, copy.addressee, copy.receipt_id, copy.receipt_index)
            receipt = verify_receipt(proof, trust)
        except (ExchangeError, IndexError) as error:
            yield ReceiptFact(copy.addressee, copy.receipt_id, fault=str(error))
            continue
        fault = "" if receipt.receiver == copy.addressee and receipt.message_id == copy.message_id else "another's"
        yield ReceiptFact(
            copy.addressee, copy.receipt_id, receipt.outcome == "accepted", receipt.digest, receipt.arrived_at,
            receipt.signed_for_at, fault,
        )  # fmt: skip


def _answers(reading: Mapping[str, Transaction], message: TracedMessage) -> Iterator[AnswerFact]:
    """What addressees of this domain signed in reply, by the clear headers of what they sent in the conversation."""
    for address in message.addressees:
        tx = reading.get(address)
        for head in tx[Search].conversation(address, message.conversation_id) if tx else ():
            if tx is None or head.direction != "sent" or head.sender != address:
                continue
            header = clear_header(tx[Search].signed(head))
            if header.in_reply_to == message.message_id:
                yield AnswerFact(address, head.message_id, head.kind, header.created_at)


def _desks(reading: Mapping[str, Transaction], message: TracedMessage, cases: set[str]) -> Iterator[DeskFact]:
    for address in message.addressees:
        tx = reading.get(address)
        for number in sorted(cases) if tx else ():
            found = tx[Search].desk_of(address, number, message.message_id) if tx else None
            if found is not None:
                yield found


def _unknown(reading: Mapping[str, Transaction], message_id: str) -> NotFound:
    for address, tx in reading.items():
        for letter in tx[Search].aside(address, message_id):
            return NotFound(
                "no store has message {message_id} on record; something under this id was set aside at "
                "{address} ({code_named})",
                remedy="exchange dead --as {address}",
                message_id=message_id,
                address=address,
                code_named=letter.code,
            )
    return NotFound(
        "no message or case {message_id} in this domain",
        remedy="`exchange find` looks for messages and cases; ids are whole UUIDs in lower case",
        message_id=message_id,
    )
