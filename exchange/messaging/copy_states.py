"""What may follow what of an addressee's copy in the outbox."""

from __future__ import annotations

from exchange.messaging.records import OutboxState
from exchange.transitions import machine

BY_RECEIPT = frozenset({OutboxState.DELIVERED, OutboxState.RETURNED})
"""By a receipt; a copy that needs none is delivered with the broker's word, and may be sent again."""

COPIES = machine(
    "a copy",
    {OutboxState.WRITTEN},
    {
        OutboxState.WRITTEN: {OutboxState.SENT, OutboxState.FAILED} | BY_RECEIPT,
        OutboxState.SENT: {OutboxState.WRITTEN, OutboxState.FAILED} | BY_RECEIPT,
        OutboxState.FAILED: {OutboxState.WRITTEN} | BY_RECEIPT,
        OutboxState.DELIVERED: {OutboxState.WRITTEN},
        OutboxState.RETURNED: (),
    },
)
