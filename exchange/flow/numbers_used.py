"""Document numbers that this member has used: a second document under one is not kept back, but said."""

from __future__ import annotations

import structlog

from exchange.flow.node import Step
from exchange.schemas import Document, Purpose

log = structlog.get_logger()


def note_number(step: Step, document: Document, message_id: str) -> None:
    """Keeps the number as used by this message, and warns where an earlier one bears it."""
    if document.purpose is Purpose.RECORD:  # a paper that has had its number for long
        return
    key = f"number:{document.number}"
    before = step.tx.get_meta(key)
    step.tx.set_meta(key, message_id)
    if before is not None:
        log.warning(
            "number.again",
            node=step.node.address,
            message=message_id,
            before=before,
            mend="two documents were sent under one number; `exchange show ID` shows each",
        )
