"""What a queue has dead-lettered, since it was delivered too often in vain: set aside, or known already."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.messaging.dead_letters import abandoned
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.ports import Delivery
from exchange.messaging.proving import Opener
from exchange.messaging.records import DeadLetter


def set_aside(node: Node, opener: Opener, deliveries: Sequence[Delivery]) -> Sequence[DeadLetter]:
    """Record what a queue has dead-lettered; whoever sent it sends it again. Return the letters.

    What was taken in nevertheless, and could only not be acknowledged, is no dead letter. Raises DatabaseUnavailable.
    """
    opened = [(delivery, opener.opened(delivery)) for delivery in deliveries]
    with node.step() as step:
        keys = [(message.sender, message.message_id) for _, message in opened if message is not None]
        known = step.tx[Inbox].known(keys)
        letters: list[DeadLetter] = []
        for delivery, message in opened:
            before = known.get((message.sender, message.message_id)) if message is not None else None
            if message is None or before is None or before.digest != message.opened.digest:
                letters.append(abandoned(delivery, opener.arrived(delivery)))
            elif before.receipt_id is not None:
                step.tx[Outbox].resend(before.receipt_id, message.sender, step.now)
        step.tx[Inbox].dead(letters, step.now)
    return letters
