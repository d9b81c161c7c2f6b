"""How many messages wait in queues, and how many consume them, as any account may ask: passively, changing nothing."""

from __future__ import annotations

from collections.abc import Iterable

from pika.exceptions import ChannelClosedByBroker

from exchange.broker.admin.errand import errand
from exchange.messaging.rules.repetition import QueueDepth


def seen_depths(url: str, queues: Iterable[str]) -> dict[str, QueueDepth | None]:
    """Return each queue's depth; None for one that is not there, or that the account may not see.

    Raises BrokerUnavailable or BadTopology.
    """
    found: dict[str, QueueDepth | None] = {}
    with errand(url, "depths") as admin:
        for name in queues:
            try:
                declared = admin.channel.queue_declare(name, passive=True).method
            except ChannelClosedByBroker:
                found[name] = None
            else:
                found[name] = QueueDepth(declared.message_count, declared.consumer_count)
    return found
