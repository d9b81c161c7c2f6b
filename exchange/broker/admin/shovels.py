"""Shovels: a link between two brokers, as dynamic shovels of one of them (RabbitMQ, "Dynamic Shovels").

All four shovels of a link (two directions, ordinary and urgent) live at the lower domain's broker. It can reach its
superior, which need not be able to reach it or hold its credentials; an upper broker keeps no list of those below it;
and who cuts a link off, or upgrades, does so in one place. A shovel confirms to its source only what its destination
has confirmed: while either broker is away, messages wait in their uplink queue, and what was under way comes twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from exchange.broker.admin.management import ManagementClient
from exchange.broker.traffic.topology import DOCUMENTS, routing_key
from exchange.broker.traffic.uplink import link_account, transit_queue
from exchange.broker.traffic.urls import vhost, with_vhost
from exchange.directory.addressing import uplink_queue
from exchange.machine.urls import each_host

RECONNECT_DELAY = 2
"""Seconds before a shovel that lost a broker tries again."""

PREFETCH = 200
"""Messages a shovel has under way at most."""

_LIVENESS = "heartbeat=15&connection_timeout=10000"
"""A broker that vanished without a word is noticed after half a minute, an unreachable one after ten seconds."""


@dataclass(frozen=True)
class Shovel:
    """One shovel as it is to be; its value holds the passwords of both accounts."""

    name: str
    value: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class ShovelState:
    """One shovel as its broker sees it: ``running``, ``starting`` (it cannot connect yet), or ``missing``."""

    name: str
    state: str


@dataclass(frozen=True)
class LinkEnd:
    """One end of a link: a domain, and the AMQP URL of its broker under the link's account."""

    domain: str
    url: str = field(repr=False)


def shovels_between(lower: LinkEnd, upper: LinkEnd) -> list[Shovel]:
    """Return the four shovels of a link."""
    ways = ((lower, upper, "up"), (upper, lower, "down"))
    return [_shovel(source, target, way, urgent) for source, target, way in ways for urgent in (True, False)]


def shovel_names(lower: str, upper: str) -> list[str]:
    """Return the names of a link's shovels."""
    return [shovel.name for shovel in shovels_between(LinkEnd(lower, ""), LinkEnd(upper, ""))]


def declare_shovels(management: ManagementClient, shovels: Sequence[Shovel]) -> list[str]:
    """Create the shovels that are missing or other than they should be; return their names.

    A shovel that is as it should be is not touched, since declaring it again would restart it. Raises
    BrokerUnavailable or BadTopology.
    """
    changed = [shovel for shovel in shovels if management.parameter("shovel", shovel.name) != dict(shovel.value)]
    for shovel in changed:
        management.put_parameter("shovel", shovel.name, shovel.value)
    return [shovel.name for shovel in changed]


def remove_shovels(management: ManagementClient, names: Sequence[str]) -> list[str]:
    """Remove shovels; return the names of those that were there. Raises BrokerUnavailable or BadTopology."""
    return [name for name in names if management.delete_parameter("shovel", name)]


def shovel_states(management: ManagementClient, names: Sequence[str]) -> list[ShovelState]:
    """Return the states of shovels, in the order of their names. Why one does not run is in its broker's log only,
    since RabbitMQ may quote its addresses there. Raises BrokerUnavailable or BadTopology.
    """
    if not names:
        return []
    found = management.shovels()
    if found is None:
        return [ShovelState(name, state_by_traces(management, name)) for name in names]
    return [ShovelState(name, found.get(name, "missing")) for name in names]


def state_by_traces(management: ManagementClient, name: str) -> str:
    """Derive a shovel's state from its traces at its broker, which lacks the plugin rabbitmq_shovel_management.

    It connects to its source first and consumes only when its destination is connected too: so one that takes from a
    queue here shows there, and one that brings from elsewhere by its connection. Raises BrokerUnavailable or
    BadTopology.
    """
    value = management.parameter("shovel", name)
    if value is None:
        return "missing"
    takes = [queue.consumers for queue in management.queues() if queue.name == value["src-queue"]]
    here = f"Shovel {name}" in management.connection_names()
    return "running" if here and (takes != [0]) else "starting"


def _shovel(source: LinkEnd, target: LinkEnd, way: str, urgent: bool) -> Shovel:
    lower, upper = (source, target) if way == "up" else (target, source)
    kind = "urgent" if urgent else "ordinary"
    key = routing_key(transit_queue(target.domain, urgent=urgent), link_account(source.domain))
    return Shovel(
        f"{lower.domain}-{way}-{upper.domain}-{kind}",
        {
            "src-protocol": "amqp091",
            "src-uri": _lively(source.url),
            "src-queue": uplink_queue(target.domain, urgent=urgent),
            "src-prefetch-count": PREFETCH,
            "src-delete-after": "never",
            "dest-protocol": "amqp091",
            "dest-uri": _lively(target.url),
            "dest-exchange": DOCUMENTS,
            "dest-exchange-key": key,
            "ack-mode": "on-confirm",
            "reconnect-delay": RECONNECT_DELAY,
        },
    )


def _lively(url: str) -> str | list[str]:
    """The address for a shovel; a list of them, which it tries by chance, where the broker has several hosts.

    The vhost is written out: where a URL ends in ``/`` our client takes vhost ``/``, a shovel one without a name.
    """
    named = [one if "?" in one else f"{one}?{_LIVENESS}" for one in each_host(with_vhost(url, vhost(url)))]
    return named[0] if len(named) == 1 else named
