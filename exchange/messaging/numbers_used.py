"""Document numbers that this member has used: a second document under one is not kept back, but said."""

from __future__ import annotations

import hashlib

from exchange.machine.logger import get_logger
from exchange.messaging.node import Step
from exchange.schemas import Document, Purpose
from exchange.store.transaction import Transaction

log = get_logger()


def note_number(step: Step, document: Document, message_id: str) -> None:
    """Keep the number as used by the first message that bears it, and tell of it whenever another one does.

    The same document once more, for others perhaps, is told apart from another one under that number.
    """
    if document.purpose is Purpose.RECORD:  # a paper that has had its number for long
        return
    key, digest = f"number:{document.number}", hashlib.sha256(document.model_dump_json().encode()).hexdigest()
    before = step.tx.get_meta(key)
    if before is None:
        step.tx.set_meta(key, f"{message_id} {digest}")
        return
    first, _, content = before.partition(" ")
    said = {"node": step.node.address, "message": message_id, "before": first}
    if content == digest:
        remedy = "the same document was sent before; if it was not meant to go twice, tell those who have it"
        log.info("number.same", **said, remedy=remedy)
    else:
        remedy = "two documents were sent under one number; `exchange show ID` shows each"
        log.warning("number.again", **said, remedy=remedy)


def first_under(tx: Transaction, number: str) -> str | None:
    """Return the id of the first message that was sent from here under a number; None where there is none."""
    before = tx.get_meta(f"number:{number}")
    return before.partition(" ")[0] if before is not None else None
