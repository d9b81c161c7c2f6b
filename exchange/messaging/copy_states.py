"""What may follow what of an addressee's copy in the outbox."""

from __future__ import annotations

from exchange.messaging.records import OutboxState
from exchange.transitions import machine

_SETTLED = frozenset({OutboxState.DELIVERED, OutboxState.RETURNED})
"""By a receipt; a copy that needs none is delivered with the broker's word, and may be sent again."""

COPIES = machine(
    "a copy",
    {OutboxState.WRITTEN},
    {
        OutboxState.WRITTEN: {OutboxState.SENT, OutboxState.FAILED} | _SETTLED,
        OutboxState.SENT: {OutboxState.WRITTEN, OutboxState.FAILED} | _SETTLED,
        OutboxState.FAILED: {OutboxState.WRITTEN} | _SETTLED,
        OutboxState.DELIVERED: {OutboxState.WRITTEN},
        OutboxState.RETURNED: (),
    },
)
