"""What the doctor says of queues that are there and answer nothing: nothing else shows them."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from exchange.broker.admin.silence import PATIENCE, silent_queues
from exchange.broker.private.broker import PrivateBroker
from exchange.broker.traffic.urls import vhost
from exchange.language import Text
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.settings import Home, Settings

CHECK = "topology"

_AT_ONCE = 16
"""Accounts whose queues are asked at the same time: each may take the whole patience."""

_OWN = Text("exchange init: it has them elect a leader, and deletes nothing")


def queues(settings: Settings, asked: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    """Name queues that answer nothing, of those each account (by its URL) may ask. Raises BrokerUnavailable."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = list(pool.map(silent_queues, asked, asked.values()))
    silent = [name for each in found for name in each]
    if not silent:
        return
    said = Text(
        "queues that gave no answer within {seconds:.0f} s, who sends to them waits: {queues}",
        {"seconds": PATIENCE, "queues": ", ".join(silent)},
    )
    yield Finding("bad", CHECK, said, _OWN if _is_own(settings) else _elsewhere(next(iter(asked)), silent[0]))


def _is_own(settings: Settings) -> bool:
    return not settings.broker_url and PrivateBroker(Home(settings.home).node).info is not None


def _elsewhere(url: str, queue: str) -> Text:
    """What to do at a broker that somebody looks after; perhaps most of a cluster's nodes are away."""
    where = f"--vhost {shlex.quote(vhost(url))}"
    return Text(
        "at the broker, for each: {status}; if most of its nodes run and it has no leader all the same, it never "
        "began: {delete}, then `exchange init`; what nobody has signed for is sent again",
        {
            "status": f"`rabbitmq-queues quorum_status {where} {queue}`",
            "delete": f"`rabbitmqctl delete_queue {where} {queue}`",
        },
    )
