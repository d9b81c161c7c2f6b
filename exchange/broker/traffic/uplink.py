"""Topology of levels, as data: queues to neighbouring domains, transit queues of relay offices, and their accounts.

    member -> uplink.<neighbour>[.urgent] -> (shovel) -> <neighbour>.relay.transit[.urgent] -> relay office -> on

An uplink queue holds what a link cannot carry now, for as long as it takes: it gives nothing up, so it needs no dead
queue. A transit queue is a queue of the relay office like its inbox, and gives up into the same dead queue; it counts
no deliveries either, since a relay that cannot publish hands its messages back until it can.
"""

from __future__ import annotations

import re

from exchange.broker.traffic.topology import (
    DEAD,
    DOCUMENTS,
    REDELIVER,
    UNLIMITED,
    Arguments,
    Binding,
    QueueDeclaration,
    routing_key,
)
from exchange.directory.addressing import uplink_queue
from exchange.directory.hierarchy import relay_of

_LINK = "link."


def transit_queues(relay: str) -> tuple[str, str]:
    """Return the queues in which a relay office gets what it passes on unopened, the one that overtakes first."""
    return f"{relay}.transit.urgent", f"{relay}.transit"


def transit_queue(domain: str, *, urgent: bool) -> str:
    """Return the queue in which a link into a domain puts its messages."""
    return transit_queues(relay_of(domain))[0 if urgent else 1]


def link_account(neighbour: str) -> str:
    """Return the account, at both brokers, of the link to the neighbour; it is also the sender in its routing keys."""
    return f"{_LINK}{neighbour}"


def came_over(key: str) -> str | None:
    """Return the neighbour whose link put a message into a transit queue, by its routing key; None where none did.

    The broker lets a link's account publish under no other name.
    """
    sender = key.rpartition(".from.")[2]
    return sender.removeprefix(_LINK) if sender.startswith(_LINK) else None


def transit_of(relay: str) -> list[tuple[QueueDeclaration, list[Binding]]]:
    """Return a relay office's transit queues with their bindings.

    A single active consumer: what one that failed had in hand goes to the next before anything that came later.
    """
    arguments: Arguments = {
        "x-queue-type": "quorum",
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": DEAD,
        "x-dead-letter-routing-key": relay,
        "x-dead-letter-strategy": "at-least-once",
        "x-delivery-limit": UNLIMITED,
        "x-single-active-consumer": True,
    }
    return [_bound(name, arguments) for name in transit_queues(relay)]


def uplink_of(neighbour: str) -> list[tuple[QueueDeclaration, list[Binding]]]:
    """Return the queues to a neighbouring domain with their bindings."""
    arguments: Arguments = {"x-queue-type": "quorum", "x-overflow": "reject-publish", "x-delivery-limit": UNLIMITED}
    return [_bound(uplink_queue(neighbour, urgent=urgent), arguments) for urgent in (True, False)]


def _bound(name: str, arguments: Arguments) -> tuple[QueueDeclaration, list[Binding]]:
    return QueueDeclaration(name, arguments), [
        Binding(DOCUMENTS, name, routing_key(name, "#")),
        Binding(REDELIVER, name, name),
    ]


def link_permissions(neighbour: str) -> dict[str, str]:
    """Return what a link's account may do: empty the queues to the neighbour, publish documents, configure nothing."""
    queues = "|".join(re.escape(uplink_queue(neighbour, urgent=urgent)) for urgent in (True, False))
    return {"configure": "^$", "write": f"^{DOCUMENTS}$", "read": f"^({queues})$"}


def link_topic_permission(own: str, neighbour: str) -> dict[str, str]:
    """Return the permission for a link's routing keys: to the own relay office's transit queues, under its own name."""
    queues = "|".join(re.escape(name) for name in transit_queues(relay_of(own)))
    keys = rf"^to\.({queues})\.from\.{re.escape(link_account(neighbour))}$"
    return {"exchange": DOCUMENTS, "write": keys, "read": "^$"}
