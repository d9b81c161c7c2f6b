"""Webhooks: what they are told of, and when one is disabled.

Which addresses are taken, and when a delivery is tried again, is in `exchange.machine.posting`; how deliveries are
signed in `exchange.machine.webhook_signature`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from exchange.transitions import machine

PATIENCE = timedelta(days=3)
"""After so long without a success a webhook is disabled."""


class DeliveryState(StrEnum):
    """One event on its way to one webhook; what is never taken waits until the webhook is removed."""

    WAITING = "waiting"
    DELIVERED = "delivered"


DELIVERIES = machine(
    "a webhook's delivery",
    {DeliveryState.WAITING},
    {DeliveryState.WAITING: {DeliveryState.DELIVERED}, DeliveryState.DELIVERED: ()},
)


class Event(StrEnum):
    """What a webhook can be told of."""

    ARRIVED = "message.arrived"
    RECEIPT = "receipt.in"
    DECIDED = "case.decided"
    DEADLINE = "deadline.near"
    AWAITED = "decision.awaited"
    FILING_RECEIVED = "filing.received"
    FILING_INCOMPLETE = "filing.incomplete"
    FILING_ACCEPTED = "filing.accepted"
    FILING_REFUSED = "filing.refused"
    FILING_PROGRESS = "filing.progress"
    FILING_DECIDED = "filing.decided"


def has_failed_long(failing_since: datetime | None, now: datetime) -> bool:
    """Return whether a webhook has failed so long that it is to be disabled."""
    return failing_since is not None and now - failing_since >= PATIENCE
