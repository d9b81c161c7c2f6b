"""Provisioning: declares a domain's exchanges, queues and bindings, and says which are missing.

Running it again changes nothing that is there. A queue that was just declared gets time to settle before anything is
sent to it: on some versions a node that is killed within a second of the declaration forgets the queue's messages.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from pika.exceptions import ChannelClosedByBroker

from exchange.broker.admin import Errand, errand
from exchange.broker.topology import EXCHANGES, Queue, all_queues, member_bindings
from exchange.broker.urls import with_credentials as with_credentials
from exchange.errors import BadTopology

SETTLE = 2.0
"""Seconds between the declaration of a new queue and the first traffic."""

_PRECONDITION_FAILED = 406


@dataclass(frozen=True)
class MemberAccount:
    """A member's account at the broker, named after its address."""

    address: str
    password: str = field(repr=False)
    is_window: bool


def provision(
    url: str,
    members: Sequence[str],
    windows: Collection[str],
    progress: Callable[[str], None],
    *,
    settle: float = SETTLE,
) -> None:
    """Declares whatever the domain's members need, and lets new queues settle for ``settle`` seconds.

    Raises BadTopology where a queue or exchange exists with other arguments, and BrokerUnavailable.
    """
    with errand(url, "provision") as admin:
        _declare_exchanges(admin)
        new = [queue.name for queue in all_queues(members, windows) if _declare(admin, queue)]
        for address in members:
            for binding in member_bindings(address, address in windows):
                admin.channel.queue_bind(binding.queue, binding.exchange, binding.key)
        if new:
            progress(f"queues: {len(new)} declared for {len(members)} members, settling")
            admin.wait(settle)
        else:
            progress(f"queues: those of {len(members)} members are there")


def missing_queues(url: str, members: Sequence[str], windows: Collection[str]) -> list[str]:
    """Names of the members' queues that the broker does not have. Raises BrokerUnavailable."""
    with errand(url, "doctor") as visitor:
        return [queue.name for queue in all_queues(members, windows) if not visitor.queue_exists(queue.name)]


def waiting_messages(url: str, members: Sequence[str], windows: Collection[str]) -> int:
    """Messages that lie in the members' queues already. Raises BrokerUnavailable, or BadTopology."""
    with errand(url, "look") as visitor:
        names = [queue.name for queue in all_queues(members, windows)]
        return sum(visitor.channel.queue_declare(name, passive=True).method.message_count for name in names)


def _declare_exchanges(admin: Errand) -> None:
    for name, kind in EXCHANGES.items():
        try:
            admin.channel.exchange_declare(name, kind, durable=True)
        except ChannelClosedByBroker as error:
            raise _differs(error, f"exchange {name}", "give the domain a vhost of its own") from error


def _declare(admin: Errand, queue: Queue) -> bool:
    """Declares a queue; True if it was not there."""
    is_new = not admin.queue_exists(queue.name)
    try:
        admin.channel.queue_declare(queue.name, durable=True, arguments=dict(queue.arguments))
    except ChannelClosedByBroker as error:
        mend = "let its members drain it, then delete it and run `exchange init` again; arguments cannot be changed"
        raise _differs(error, f"queue {queue.name}", mend) from error
    return is_new


def _differs(error: ChannelClosedByBroker, what: str, mend: str) -> BadTopology:
    if error.reply_code != _PRECONDITION_FAILED:
        return BadTopology(f"{what} cannot be declared: {error.reply_code} {error.reply_text}")
    return BadTopology(f"{what} exists with other arguments: {error.reply_text}", mend=mend)
