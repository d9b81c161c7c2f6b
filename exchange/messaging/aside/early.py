"""Messages that come before what they speak of: neither queues nor repetitions keep two messages in order.

Such a message waits among the dead letters, without a receipt, and is taken in as soon as something has come that it
may speak of; its sender sends it again meanwhile. It arrived when it first arrived. A day later it is judged by what
is there: what it speaks of is not on its way any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from exchange.errors import Early
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.dead_letters import delivery_of
from exchange.messaging.inbox import Inbox
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.ports import Delivery
from exchange.messaging.records import InboxEntry
from exchange.messaging.rules.intake import BEGINS
from exchange.messaging.rules.withholding import EARLY
from exchange.schemas import Forwarding

LONGEST = timedelta(hours=24)
"""How long such a message waits, in real time."""
FOLLOWED = BEGINS | {Forwarding.KIND}
"""Kinds of what others may speak of; a notice comes as a forwarding."""
_MOST = 100
"""Letters looked at again when something has come: an honest peer has one or two, and sends the others again."""


def wait_a_day(step: Step, incoming: Incoming, about: str) -> None:
    """Raise Early for a message whose predecessor has not come, and may still come; ``about`` names that."""
    waited = step.node.clock.real_seconds(step.now - incoming.arrival.latest)
    if waited < LONGEST.total_seconds():
        raise Early("{sender} writes of {about}, which has not come yet", sender=incoming.sender, about=about)


class EarlyLetters:
    """What waits so at one member, for the process that takes in its messages."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._some = True
        """Whether any may wait: a process that was just started does not know."""

    def wait(self) -> None:
        """Take notice that something waits."""
        self._some = True

    def after(self, entries: Sequence[InboxEntry]) -> list[Delivery]:
        """Return what may be taken in now that these have come, the oldest first. Raises DatabaseUnavailable."""
        if not self._some or not any(entry.header.kind in FOLLOWED for entry in entries):
            return []
        with self._node.store.reading() as tx:
            letters = tx[DeadLetters].batch(Early.code, EARLY, above=0, limit=_MOST)
            kept = [(letter, tx[Inbox].envelope_of(letter)) for letter in letters if not letter.stands_for_more]
        self._some = bool(letters)
        return [delivery_of(letter, envelope) for letter, envelope in kept]
