"""What the doctor says of a broker that is a cluster: which nodes run, and whether queues could lose one more."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from exchange.broker.admin.nodes import REPLICAS, NodeState, QueuePlace, cluster_sight, risks, some
from exchange.errors import BrokerUnavailable
from exchange.language import Text
from exchange.machine.urls import each_host
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.settings import Settings
from exchange.runtime.whereabouts import known_broker

CHECK = "cluster"

_STARTS_THEM = Text("`exchange up` starts it again; see its log in node/")
_SPREADS_THEM = Text("`exchange init`, with all nodes running")
_FREES_THEM = Text("`exchange up` starts it again where it does not come to; see its log in node/")
_SECONDS = 6.5
"""For an answer; the check has ten in all, and RabbitMQ 3.10 takes five for its nodes' names while one is frozen."""


def nodes(settings: Settings) -> Iterator[Finding]:
    """Yield what is wrong with the nodes of a cluster; nothing for a broker of one, or that nobody can ask.

    That it cannot be asked is told by the check of the broker itself. Raises BadTopology.
    """
    info = known_broker(settings)
    if info is None or info.management_url is None:
        return
    try:
        sight = cluster_sight(info, _SECONDS)
    except BrokerUnavailable:
        return
    yield from judge(sight.states, sight.places, len(each_host(info.url)), own=not settings.broker_url)


def judge(
    states: Collection[NodeState], places: Collection[QueuePlace] | None, hosts: int, *, own: bool
) -> Iterator[Finding]:
    """Yield what these nodes and queues say; ``hosts`` are named by the setting, ``own``: the broker is private.

    ``places``: None where the broker did not tell in time.
    """
    if len(states) < 2:
        return
    yield from _away(states, own=own)
    if places is None:
        said = Text("on which nodes the queues lie was not told within {seconds:g} s", {"seconds": _SECONDS})
        yield Finding("note", CHECK, said, Text("look again when all nodes answer, or those that hang have ended"))
    else:
        yield from _queues(states, places, own=own)
    if hosts < len(states):
        said = Text("{hosts} of {nodes} nodes are named as hosts", {"hosts": hosts, "nodes": len(states)})
        yield Finding("note", CHECK, said, Text("name all in EXCHANGE_BROKER_URL, with commas, then `exchange init`"))


def _away(states: Collection[NodeState], *, own: bool) -> Iterator[Finding]:
    away = [state.name for state in states if not state.running]
    mute = [state.name for state in states if state.running and not state.answers]
    drained = [state.name for state in states if state.running and state.drained]
    if mute:
        remedy = _FREES_THEM if own else Text("see whether its machine hangs or is out of reach; start it again")
        yield Finding("bad", CHECK, Text("nodes that do not answer: {nodes}", {"nodes": ", ".join(mute)}), remedy)
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
    if not (away or mute or drained or lost):
        yield Finding("good", CHECK, Text("{count} nodes run", {"count": len(states)}))


def _queues(states: Collection[NodeState], places: Collection[QueuePlace], *, own: bool) -> Iterator[Finding]:
    found, wanted = risks(states, places), min(REPLICAS, len(states))
    if found.lagging and all(state.running and state.answers and not state.drained for state in states):
        said = Text(
            "queues with replicas that do not keep up, though all nodes run: {queues}", {"queues": some(found.lagging)}
        )
        yield Finding(
            "note", CHECK, said, Text("look again in a minute; if they still do not, start their nodes again")
        )
    if found.leaderless:
        said = Text("queues without a leader take nothing: {queues}", {"queues": some(found.leaderless)})
        yield Finding("bad", CHECK, said, Text("start the nodes that are away: more than half of a queue's must run"))
    if found.few:
        said = Text("queues with fewer than {wanted} replicas: {queues}", {"wanted": wanted, "queues": some(found.few)})
        remedy = _SPREADS_THEM if own else Text("`rabbitmq-queues grow NODE all`, for each node")
        yield Finding("bad", CHECK, said, remedy)
