"""Provisioning: declares a domain's exchanges, queues and bindings, and says which are missing.

Running it again changes nothing that is there, but has queues answer that never began (`silence`). A queue that was
just declared gets time to settle before anything is sent to it: on some versions a node that is killed within a second
of the declaration forgets the queue's messages.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from pika.exceptions import ChannelClosedByBroker

from exchange.broker.admin.errand import Errand, errand
from exchange.broker.admin.silence import Elect, rouse
from exchange.broker.traffic.topology import EXCHANGES, Binding, QueueDeclaration, all_queues, member_bindings
from exchange.broker.traffic.uplink import transit_of, uplink_of
from exchange.errors import BadTopology
from exchange.language import Text, tr
from exchange.schemas import Role

SETTLE = 2.0
"""Seconds between the declaration of a new queue and the first traffic, where nobody says otherwise."""

_PRECONDITION_FAILED = 406


@dataclass(frozen=True)
class MemberAccount:
    """A member's account at the broker, named after its address."""

    address: str
    password: str = field(repr=False)
    is_window: bool
    is_relay: bool = False
    only_to: str | None = None
    """The one member that it may publish to, where it is a portal: empty for one without a window; None for others."""

    @classmethod
    def of(cls, address: str, password: str, roles: Collection[Role], superior: str | None) -> MemberAccount:
        """Return the account that a member has by its roles; a portal writes to its superior, the window, alone."""
        only_to = (superior or "") if Role.PORTAL in roles else None
        return cls(address, password, Role.WINDOW in roles, Role.RELAY in roles, only_to)


@dataclass(frozen=True)
class Extras:
    """What a domain that is linked has beyond its members' own queues: relay offices, and neighbouring domains."""

    relays: Collection[str] = ()
    """Addresses, of members, that have transit queues."""
    neighbours: Collection[str] = ()
    """Domains that have uplink queues here."""


NO_EXTRAS = Extras()


def provision(
    url: str,
    members: Sequence[str],
    windows: Collection[str],
    progress: Callable[[str], None],
    *,
    settle: float | None = None,
    extras: Extras = NO_EXTRAS,
    elect: Elect | None = None,
) -> None:
    """Create whatever the domain's members need at the broker, and let new queues settle for ``settle`` seconds.

    Queues that were there and answer nothing are told of, and ``elect`` a leader. Raises BadTopology where a queue or
    exchange exists with other arguments, and BrokerUnavailable.
    """
    with errand(url, "provision") as admin:
        _declare_exchanges(admin)
        new = [queue.name for queue in _queues(members, windows, extras) if _declare(admin, queue)]
        for binding in _bindings(members, windows, extras):
            admin.channel.queue_bind(binding.queue, binding.exchange, binding.key)
        if new:
            progress(
                tr("queues: {queues} declared for {members} members, settling", queues=len(new), members=len(members))
            )
            admin.wait(SETTLE if settle is None else settle)
        else:
            progress(tr("queues: those of {count} members are there", count=len(members)))
    rouse(url, [name for name in queue_names(members, windows, extras) if name not in new], progress, elect)


def queue_names(members: Sequence[str], windows: Collection[str], extras: Extras = NO_EXTRAS) -> list[str]:
    """Return the names of all queues that the members have."""
    return [queue.name for queue in _queues(members, windows, extras)]


def missing_queues(url: str, members: Sequence[str], windows: Collection[str], extras: Extras = NO_EXTRAS) -> list[str]:
    """Return the names of the members' queues that the broker does not have. Raises BrokerUnavailable."""
    with errand(url, "doctor") as visitor:
        return [name for name in queue_names(members, windows, extras) if not visitor.queue_exists(name)]


def waiting_messages(url: str, members: Sequence[str], windows: Collection[str]) -> int:
    """Count the messages that lie in the members' queues already. Raises BrokerUnavailable, or BadTopology."""
    with errand(url, "look") as visitor:
        names = queue_names(members, windows)
        return sum(visitor.channel.queue_declare(name, passive=True).method.message_count for name in names)


def _queues(members: Sequence[str], windows: Collection[str], extras: Extras) -> Iterator[QueueDeclaration]:
    yield from all_queues(members, windows)
    yield from (queue for queue, _ in _linking(extras))


def _bindings(members: Sequence[str], windows: Collection[str], extras: Extras) -> Iterator[Binding]:
    for address in members:
        yield from member_bindings(address, address in windows)
    yield from (binding for _, bindings in _linking(extras) for binding in bindings)


def _linking(extras: Extras) -> Iterator[tuple[QueueDeclaration, list[Binding]]]:
    for relay in extras.relays:
        yield from transit_of(relay)
    for neighbour in extras.neighbours:
        yield from uplink_of(neighbour)


def _declare_exchanges(admin: Errand) -> None:
    for name, kind in EXCHANGES.items():
        try:
            admin.channel.exchange_declare(name, kind, durable=True)
        except ChannelClosedByBroker as error:
            raise _differs(
                error, Text("exchange {name}", {"name": name}), Text("give the domain a vhost of its own")
            ) from error


def _declare(admin: Errand, queue: QueueDeclaration) -> bool:
    """Declares a queue; True if it was not there."""
    is_new = not admin.queue_exists(queue.name)
    try:
        admin.channel.queue_declare(queue.name, durable=True, arguments=dict(queue.arguments))
    except ChannelClosedByBroker as error:
        remedy = Text(
            "let its members drain it, then delete it and run `exchange init` again; arguments cannot be changed"
        )
        raise _differs(error, Text("queue {queue}", {"queue": queue.name}), remedy) from error
    return is_new


def _differs(error: ChannelClosedByBroker, what: Text, remedy: Text) -> BadTopology:
    if error.reply_code != _PRECONDITION_FAILED:
        return BadTopology(
            "{what} cannot be declared: {reply_code} {reply_text}",
            what=what,
            reply_code=error.reply_code,
            reply_text=error.reply_text,
        )
    return BadTopology(
        "{what} exists with other arguments: {reply_text}", remedy=remedy, what=what, reply_text=error.reply_text
    )
