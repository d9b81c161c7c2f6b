"""Topology as data: which exchanges, queues and bindings a domain has, and under which keys messages are routed.

Everything that keeps documents safe is a queue argument, since arguments cannot be changed behind a queue's back;
what may be tuned while running belongs into policies. A changed argument means a new queue name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from exchange.envelope.sealing import ENVELOPE_LIMIT

DOCUMENTS = "documents"
"""Topic exchange that every member publishes to, and the only one."""

REDELIVER = "redeliver"
"""Direct exchange by queue name: operators put a message back into one queue with it."""

DEAD = "dead"
"""Direct exchange by member address: takes what a queue gives up, to that member's dead queue."""

EXCHANGES: Mapping[str, str] = {DOCUMENTS: "topic", REDELIVER: "direct", DEAD: "direct"}
"""Durable exchanges by name, with their types."""

DELIVERY_LIMIT = 20
"""Unsuccessful deliveries after which a queue gives a message up (RabbitMQ 4's default; 3.10 has none)."""

UNLIMITED = 1_000_000_000
"""A delivery limit that is never reached; -1 would mean the opposite to RabbitMQ 3.10 and 4.0."""


MAX_BODY = ENVELOPE_LIMIT
"""Octets of a message: those of the largest envelope. Brokers are configured to take no more (`max_message_size`)."""

MAX_KEY = 255
"""Octets of a routing key, or of any other short string (AMQP 0-9-1, section 4.2.5.3)."""

Arguments = Mapping[str, str | int | bool]
"""A queue's arguments by name."""


@dataclass(frozen=True)
class QueueDeclaration:
    """A durable quorum queue to be declared."""

    name: str
    arguments: Arguments = field(default_factory=dict)


@dataclass(frozen=True)
class Binding:
    """A queue bound to an exchange under a key."""

    exchange: str
    queue: str
    key: str


def queues_of(address: str, is_window: bool) -> tuple[str, ...]:
    """Return the queues a member consumes, the one that overtakes first. A window also has the arbiter queue."""
    queues = (f"{address}.inbox.urgent", f"{address}.inbox")
    return (*queues, opinions_queue(address)) if is_window else queues


def opinions_queue(address: str) -> str:
    """Return the name of a window's arbiter queue: opinions and deemed consents, one active consumer, in order."""
    return f"{address}.opinions"


def dead_queue(address: str) -> str:
    """Return the queue where a member's queues put what they have dead-lettered."""
    return f"{address}.dead"


def routing_key(queue: str, sender: str) -> str:
    """Return the routing key of a publish; the broker checks its end against the publisher's account."""
    return f"to.{queue}.from.{sender}"


def account_in(key: str, queue: str) -> str | None:
    """Return the account that published to this very queue, by the routing key; None for a key that is another's.

    The broker checks a key's end alone: one that names two senders names none.
    """
    sender = key.removeprefix(routing_key(queue, ""))
    return None if sender == key or ".from." in sender else sender


def member_queues(address: str, is_window: bool) -> list[QueueDeclaration]:
    """Return all queues of a member, the dead queue first, so that nothing is dead-lettered into the void."""
    guarded: Arguments = {
        "x-queue-type": "quorum",
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": DEAD,
        "x-dead-letter-routing-key": address,
        "x-dead-letter-strategy": "at-least-once",
        "x-delivery-limit": DELIVERY_LIMIT,
    }
    last_stop: Arguments = {"x-queue-type": "quorum", "x-overflow": "reject-publish", "x-delivery-limit": UNLIMITED}
    queues = [QueueDeclaration(dead_queue(address), last_stop)]
    for name in queues_of(address, is_window):
        arbiter: Arguments = {"x-single-active-consumer": True} if name == opinions_queue(address) else {}
        queues.append(QueueDeclaration(name, {**guarded, **arbiter}))
    return queues


def member_bindings(address: str, is_window: bool) -> list[Binding]:
    """Return all bindings of a member's queues."""
    bindings = [Binding(DEAD, dead_queue(address), address)]
    for name in queues_of(address, is_window):
        bindings.append(Binding(DOCUMENTS, name, routing_key(name, "#")))
        bindings.append(Binding(REDELIVER, name, name))
    return bindings


def all_queues(members: Sequence[str], windows: Collection[str]) -> Iterator[QueueDeclaration]:
    """Yield the queues of a whole domain, member by member."""
    for address in members:
        yield from member_queues(address, address in windows)
