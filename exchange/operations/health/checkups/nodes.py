"""What the doctor says of a broker that is a cluster: which nodes run, and whether queues could lose one more."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.nodes import NodeState, QueuePlace, node_states, queue_places
from exchange.errors import BrokerUnavailable
from exchange.language import Text
from exchange.machine.urls import each_host
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.settings import Settings
from exchange.runtime.whereabouts import known_broker

CHECK = "cluster"

_STARTS_THEM = Text("`exchange up` starts it again; see its log in node/")
_SPREADS_THEM = Text("`exchange init`, with all nodes running")
_REPLICAS = 3
"""Of a quorum queue, where there are so many nodes."""


def nodes(settings: Settings) -> Iterator[Finding]:
    """Yield what is wrong with the nodes of a cluster; nothing for a broker of one, or that nobody can ask.

    That it cannot be asked is told by the check of the broker itself. Raises BadTopology.
    """
    info = known_broker(settings)
    if info is None or info.management_url is None:
        return
    try:
        with ManagementClient(info.management_url, info.url, timeout=5) as management:
            states = node_states(management)
            places = queue_places(management)
    except BrokerUnavailable:
        return
    yield from judge(states, places, len(each_host(info.url)), own=not settings.broker_url)


def judge(states: Collection[NodeState], places: Collection[QueuePlace], hosts: int, *, own: bool) -> Iterator[Finding]:
    """Yield what these nodes and queues say; ``hosts`` are named by the setting, ``own``: the broker is private."""
    if len(states) < 2:
        return
    yield from _away(states, own=own)
    yield from _queues(states, places, own=own)
    if hosts < len(states):
        said = Text("{hosts} of {nodes} nodes are named as hosts", {"hosts": hosts, "nodes": len(states)})
        yield Finding("note", CHECK, said, Text("name all in EXCHANGE_BROKER_URL, with commas, then `exchange init`"))


def _away(states: Collection[NodeState], *, own: bool) -> Iterator[Finding]:
    away = [state.name for state in states if not state.running]
    drained = [state.name for state in states if state.running and state.drained]
    if away:
        remedy = _STARTS_THEM if own else Text("start them; see their logs")
        yield Finding("bad", CHECK, Text("nodes that do not run: {nodes}", {"nodes": ", ".join(away)}), remedy)
    if drained:
        said = Text("nodes that are out of service for maintenance: {nodes}", {"nodes": ", ".join(drained)})
        yield Finding("note", CHECK, said, Text("when that is done: `rabbitmq-upgrade revive` on each"))
    lost = [state.name for state in states if 2 * len(state.partitions) > len(states) - 1]
    if lost:
        said = Text("nodes that have lost sight of the others: {nodes}", {"nodes": ", ".join(lost)})
        yield Finding("bad", CHECK, said, Text("start them again (`exchange up` does so with its own)"))
    if not away and not drained and not lost:
        yield Finding("good", CHECK, Text("{count} nodes run", {"count": len(states)}))


def _queues(states: Collection[NodeState], places: Collection[QueuePlace], *, own: bool) -> Iterator[Finding]:
    known = [place for place in places if place.members]
    leaderless = [place.name for place in known if not place.leader]
    wanted = min(_REPLICAS, len(states))
    few = [place.name for place in known if len(place.members) < wanted]
    lagging = [place.name for place in known if place.leader and place.online < place.members]
    if lagging and all(state.running and not state.drained for state in states):
        said = Text(
            "queues with replicas that do not keep up, though all nodes run: {queues}", {"queues": _some(lagging)}
        )
        yield Finding(
            "note", CHECK, said, Text("look again in a minute; if they still do not, start their nodes again")
        )
    if leaderless:
        said = Text("queues without a leader take nothing: {queues}", {"queues": _some(leaderless)})
        yield Finding("bad", CHECK, said, Text("start the nodes that are away: more than half of a queue's must run"))
    if few:
        said = Text("queues with fewer than {wanted} replicas: {queues}", {"wanted": wanted, "queues": _some(few)})
        remedy = _SPREADS_THEM if own else Text("`rabbitmq-queues grow NODE all`, for each node")
        yield Finding("bad", CHECK, said, remedy)


def _some(names: list[str], most: int = 5) -> str:
    """The first of them, and how many more."""
    return ", ".join(names[:most]) + (f" (+{len(names) - most})" if len(names) > most else "")
