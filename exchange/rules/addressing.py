"""Which of an addressee's queues a message goes to."""

from __future__ import annotations

from schemas import DeemedConsent, Escalation, Opinion, Urgency

_ARBITERS = frozenset({Opinion.KIND, DeemedConsent.KIND, Escalation.KIND})
"""Kinds that share one queue at a window, so that their order decides between them."""


def queue_for(kind: str, addressee: str, urgency: Urgency) -> str:
    """The queue's name: the arbiter queue for opinions and silence, the urgent one, or the inbox."""
    if kind in _ARBITERS:
        return f"{addressee}.opinions"
    return f"{addressee}.inbox" if urgency is Urgency.ORDINARY else f"{addressee}.inbox.urgent"
