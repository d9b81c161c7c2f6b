"""Receipts that are given anew: what a clock that was wrong has dated, nobody can accept.

A receipt that is dated before its message was written, or before the message's own arrival, moves nothing at the
sender, which sends the message again and again. The stored receipt would be the same for ever; so once the clock is
right, one is signed that says the same and is dated now.
"""

from __future__ import annotations

from exchange.envelope import Authentic, unpack_leaves
from exchange.errors import SenderError
from exchange.messaging.documents import Documents
from exchange.messaging.node import Step
from exchange.messaging.outbox import Outbox
from exchange.messaging.owed.book import ReceiptBook
from exchange.messaging.receipts import read_receipt
from exchange.messaging.records import Known
from exchange.messaging.rules.moments import precedes
from exchange.schemas import Receipt


def repeat_receipt(step: Step, opened: Authentic, known: Known, book: ReceiptBook) -> Known:
    """Have the receipt of a message that has come again go again, or one in its place; return what is known then."""
    if known.receipt_id is None:
        return known
    anew = receipt_anew(step, opened, known.receipt_id)
    if anew is not None:
        return Known(known.digest, book.give_anew(anew))
    step.tx[Outbox].resend(known.receipt_id, opened.header.sender, step.now)
    return known


def receipt_anew(step: Step, opened: Authentic, receipt_id: str) -> Receipt | None:
    """Return what is to be signed in place of a receipt on record; None where that one can be accepted.

    ``opened``: the message, as it has come again.
    """
    written_at = opened.header.created_at
    if precedes(step.now, written_at):
        return None  # this clock is the wrong one still, or the sender's is
    given = _on_record(step, receipt_id, opened.header.message_id)
    if given is None:
        return None
    if not (precedes(given.signed_for_at, written_at) or precedes(given.signed_for_at, given.arrived_at)):
        return None
    return given.model_copy(update={"signed_for_at": step.now, "arrived_at": min(given.arrived_at, step.now)})


def _on_record(step: Step, receipt_id: str, message_id: str) -> Receipt | None:
    stored = step.tx[Documents].get(step.node.address, receipt_id)
    if stored is None:
        return None  # it is owed still, and will be dated when it is signed
    try:
        receipts = [read_receipt(leaf) for leaf in unpack_leaves(stored.enclosures[0])]
    except (SenderError, IndexError):
        return None
    return next((one for one in receipts if one.message_id == message_id), None)
