"""Questions to a broker that may be a cluster, answered or left within a bounded time whatever its nodes do.

A node that is frozen, or whose machine has no network, does not answer; and while the others wait for it, they do not
tell of themselves either: RabbitMQ 3.10 does not list its nodes until it has given that one up, and its queues take a
second each for as long as it is away. So every host is asked for what a node knows by itself, all at once, and further
questions go side by side to one that answered, with the same time for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.faults import DENIED
from exchange.errors import BrokerError, BrokerUnavailable
from exchange.machine.urls import each_host, shown

_OWN = "/api/overview?disable_stats=true"
"""What a node tells without asking another."""

HEARD_WITHIN = 3.0
"""Seconds that one of several hosts has for that."""


@dataclass(frozen=True)
class Heard:
    """Which hosts answer."""

    url: str
    """A URL of the management API with one host that answers."""
    own: Mapping[str, Any]
    """What that one tells of itself."""
    names: frozenset[str]
    """Names of the nodes that answered."""
    mute: tuple[str, ...] = ()
    """Hosts that did not, as people may see them."""
    hosts: int = 1


def hear(info: NodeInfo, seconds: float) -> Heard:
    """Ask all hosts at once, each by itself, for at most ``seconds``; `HEARD_WITHIN` where there are several.

    Raises BrokerUnavailable where none answers or an account is denied, BadTopology.
    """
    urls = each_host(info.management_url or "")
    patience = seconds if len(urls) == 1 else min(seconds, HEARD_WITHIN)
    failed: dict[str, BrokerError] = {}
    told: dict[str, Mapping[str, Any]] = {}
    with ThreadPoolExecutor(len(urls)) as pool:
        asked = {pool.submit(_ask, one, info.url, _OWN, patience): one for one in urls}
        for answer in as_completed(asked):
            try:
                told[asked[answer]] = answer.result()
            except BrokerError as error:
                failed[asked[answer]] = error
    denied = next((error for error in failed.values() if error.code == DENIED), None)
    if not told or denied is not None:
        raise denied or failed[urls[0]]
    first = next(one for one in urls if one in told)
    names = frozenset(str(one.get("node", "")) for one in told.values())
    mute = tuple(shown(one).partition("://")[2].rstrip("/") for one in urls if one in failed)
    return Heard(first, told[first], names, mute, len(urls))


def read_beside(info: NodeInfo, url: str, paths: Sequence[str], seconds: float) -> list[Any]:
    """Read several pages of one host side by side; None for each that has not come within ``seconds``.

    Raises BrokerUnavailable where the account is denied, and BadTopology.
    """
    with ThreadPoolExecutor(len(paths)) as pool:
        return list(_each(pool.submit(_ask, url, info.url, path, seconds) for path in paths))


def _each(asked: Iterable[Future[Any]]) -> Iterable[Any]:
    for answer in list(asked):
        try:
            yield answer.result()
        except BrokerUnavailable as error:
            if error.code == DENIED:
                raise
            yield None


def _ask(url: str, broker_url: str, path: str, seconds: float) -> Any:
    with ManagementClient(url, broker_url, seconds) as management:
        return management.read(path)
