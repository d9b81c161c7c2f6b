"""Whose a delivery is, and what its signer has got wrong: before anything of it has effect. The signer is told."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import datetime

from exchange.envelope import Authentic, Faulty, Opened, payload_of, peek, prove_envelope
from exchange.errors import ExchangeError, IdReused, SenderError, Unsupported
from exchange.language.names import coded
from exchange.messaging.incoming import Arrived, Handler, Minding, SentBack
from exchange.messaging.node import Node, Step
from exchange.messaging.ports import Delivery
from exchange.messaging.receipts import ReceiptBook
from exchange.messaging.records import DeadLetter
from exchange.messaging.rules.carriage import check_bringer, fault_of, sole_bringer
from exchange.messaging.rules.moments import check_moments
from exchange.schemas import Header, ReceiptBatch
from exchange.schemas.titles import TITLES


def prove(
    node: Node, delivery: Delivery, taken: Container[str], now: datetime, *, accounts: bool = False
) -> Opened | Faulty:
    """Open a delivery; what is wrong once its signer is proved makes it Faulty, a kind that is not ``taken`` first.

    ``accounts``: members have accounts at the broker, and what names none is not accepted.

    Raises SenderError for what proves nobody, for what another's account brought, and for faulty receipts, which
    receipts do not answer.
    """
    brought_by = sole_bringer(delivery.carriage, delivery.user_id)
    found = prove_envelope(delivery.body, node.identity, node.directory, now, brought_by)
    check_bringer(delivery.carriage, delivery.user_id, found.header, node.domain, accounts)
    fault = fault_of(delivery.carriage, delivery.user_id, found.header, delivery.queue, accounts)
    if is_receipt(found):
        if isinstance(found, Faulty):
            raise found.fault
        if fault is not None:
            raise fault
        check_moments(found.body, found.header.created_at)
        return found
    if found.header.kind not in taken:
        return _not_taken(found, node.address)
    if isinstance(found, Faulty):
        return found
    return _dated(found) if fault is None else _faulty(found, fault)


def is_receipt(found: Authentic) -> bool:
    """Tell whether a message is a batch of receipts."""
    return found.header.kind == ReceiptBatch.KIND


def peeked(envelope: bytes) -> Header | None:
    """Return the clear header, unverified; None where there is none."""
    try:
        return peek(envelope)
    except ExchangeError:
        return None


def reused_id(message: Arrived) -> IdReused:
    """Return the fault of a message whose id its sender has used before for other bytes."""
    return IdReused("message id {message_id} was used before for another document", message_id=message.message_id)


def send_back(
    step: Step, handlers: Mapping[str, Handler], message: Arrived, fault: SenderError, book: ReceiptBook
) -> str:
    """Give the receipt that names the fault, in full; return the id of its batch."""
    header, opened = message.opened.header, message.opened
    step.note("returned", None, message.message_id, sender=message.sender, code=fault.code, kind=header.kind)
    payload = opened.payload if isinstance(opened, Faulty) else payload_of(opened.signed)
    _tell(step, handlers, SentBack(header, payload, message.arrival))
    return book.give(opened, message.arrival, fault.code, fault.diagnostics())


def mind(step: Step, handlers: Mapping[str, Handler], letter: DeadLetter) -> None:
    """Have a dead letter minded whose sender the broker vouches for, though nobody here could open it."""
    header = peeked(letter.envelope)
    if letter.vouched and header is not None and letter.arrival is not None:
        _tell(step, handlers, SentBack(header, b"", letter.arrival))


def _not_taken(found: Opened | Faulty, address: str) -> Faulty:
    fault = Unsupported(
        "{address} does not take messages of kind {kind}", address=address, kind=coded(TITLES, found.header.kind)
    )
    return replace(found, fault=fault) if isinstance(found, Faulty) else _faulty(found, fault)


def _dated(found: Opened) -> Opened | Faulty:
    """Return it as faulty where what it says of time contradicts its own signing."""
    try:
        check_moments(found.body, found.header.created_at)
    except SenderError as fault:
        return _faulty(found, fault)
    return found


def _faulty(found: Opened, fault: SenderError) -> Faulty:
    payload = payload_of(found.signed)
    return Faulty(found.header, found.header_bytes, found.signed, found.enclosures, found.digest, payload, fault)


def _tell(step: Step, handlers: Mapping[str, Handler], back: SentBack) -> None:
    handler = handlers.get(back.header.kind)
    if isinstance(handler, Minding):
        handler.sent_back(step, back)
