"""What is authentic, and is not taken in now all the same: signed ahead of this clock, or perhaps by a stolen key."""

from __future__ import annotations

from datetime import datetime

from exchange.errors import SenderError
from exchange.messaging.aside.behind import signed_ahead
from exchange.messaging.incoming import Arrived
from exchange.messaging.node import Step
from exchange.messaging.rules.arrival_time import Arrival
from exchange.messaging.rules.withholding import ARRIVED, withheld_for


def doubt_of(
    step: Step, message: Arrived, arrival: Arrival, on_record_since: datetime | None, *, released: bool
) -> tuple[SenderError, str] | None:
    """Return why a message waits, and at what stage it was stopped; None where nothing keeps it out.

    ``released``: two people have released it.
    """
    ahead = signed_ahead(message.opened.header, step.now)
    if ahead is not None:
        return ahead, "open"
    doubt = withheld_for(step.node.directory, message.opened, arrival, on_record_since)
    if doubt is None or released:
        return None
    step.note("withheld", None, message.message_id, sender=message.sender)
    return doubt, ARRIVED
