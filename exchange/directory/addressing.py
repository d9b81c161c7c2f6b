"""Where a message goes: which of an addressee's queues, or, to another domain, towards which neighbour.

Addresses are hierarchical; the member is the last label, the rest is its domain. A domain's superior is the domain
without its last label. Every level knows its own members and its direct neighbours, and nothing else.
"""

from __future__ import annotations

from exchange.directory.hierarchy import next_hop, path_between
from exchange.schemas import MESSAGES, Queue, Urgency

_OPINIONS = frozenset(kind for kind, body in MESSAGES.items() if body.QUEUE is Queue.OPINIONS)

UPLINK = "uplink."
"""How the names of queues to another domain begin; no address begins with that label."""


def is_for_arbiter(kind: str) -> bool:
    """Tell whether messages of a kind belong to the window's arbiter queue, and to no other."""
    return kind in _OPINIONS


def queue_for(kind: str, addressee: str, urgency: Urgency) -> str:
    """Return the queue's name: the arbiter queue for opinions and silence, the urgent one, or the inbox."""
    if is_for_arbiter(kind):
        return f"{addressee}.opinions"
    return f"{addressee}.inbox" if urgency is Urgency.ORDINARY else f"{addressee}.inbox.urgent"


def queue_towards(own: str, kind: str, addressee: str, urgency: Urgency) -> str | None:
    """Return the queue of domain ``own`` that leads to an addressee: its own, or one to the neighbour on the way.

    None where no way leads there: the addressee belongs to another tree.
    """
    target = home_of(addressee)
    if target == own:
        return queue_for(kind, addressee, urgency)
    hop = hop_towards(own, target)
    return None if hop is None else uplink_queue(hop, urgent=urgency is not Urgency.ORDINARY)


def uplink_queue(neighbour: str, *, urgent: bool = False) -> str:
    """Return the queue where messages wait for the link to a neighbouring domain, up or down."""
    return f"{UPLINK}{neighbour}.urgent" if urgent else f"{UPLINK}{neighbour}"


def home_of(address: str) -> str:
    """Return the domain of an address as a message names it, right or wrong; empty for one of a single label."""
    return address.rpartition(".")[0]


def hop_towards(own: str, target: str) -> str | None:
    """Return `exchange.directory.hierarchy.next_hop`, for domains that messages name: None into another tree."""
    return next_hop(own, target) if own.partition(".")[0] == target.partition(".")[0] else None


def way_between(own: str, target: str) -> tuple[str, ...]:
    """Return `exchange.directory.hierarchy.path_between`, for domains that messages name: empty where there is none."""
    return path_between(own, target) if own.partition(".")[0] == target.partition(".")[0] else ()
