"""Lights of the broker: its nodes, and queues that a cluster could not keep if one more node were lost. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exchange.broker.admin.nodes import QueueRisks, some
from exchange.operations.troubles.lights import NOTHING, Light, Sign, SystemPart, Words, unseen

CLUSTER = "cluster"
"""The subject of lights about all nodes together."""


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What is known of a broker's node."""

    name: str
    running: bool
    memory_alarm: bool
    disk_alarm: bool
    partitioned: bool
    drained: bool = False
    answers: bool = True


def broker(version: str, nodes: Sequence[NodeFacts]) -> Iterator[Sign]:
    """Yield the signs of the broker's nodes. An alarm stops every publisher until it is over (RabbitMQ, "Memory and
    Disk Alarms").
    """
    if not nodes:
        yield unseen(SystemPart.BROKER, "RabbitMQ")
    for node in nodes:
        yield Sign(SystemPart.BROKER, node.name, *_node(version, node))


def _node(version: str, node: NodeFacts) -> tuple[Light, Words, Words]:
    if not node.running:
        remedy = ("启动该节点：`rabbitmqctl start_app`", "start it: `rabbitmqctl start_app`")
        return Light.BAD, ("节点未运行", "the node does not run"), remedy
    if not node.answers:
        remedy = (
            "查看其主机是否挂起或断网，必要时重启该节点",
            "see whether its machine hangs or is out of reach; start it again",
        )
        return Light.BAD, ("节点没有应答", "the node does not answer"), remedy
    if node.disk_alarm:
        remedy = ("清理磁盘或加大磁盘；在此之前一切发送暂停", "make room on its disk; until then nothing can be sent")
        return Light.BAD, ("磁盘告警", "disk alarm"), remedy
    if node.memory_alarm:
        remedy = (
            "查看哪个队列在增长，或加大内存",
            "see which queue grows, or give it more memory; publishers stand still",
        )
        return Light.BAD, ("内存告警", "memory alarm"), remedy
    if node.partitioned:
        remedy = ("检查节点之间的网络", "look at the network between the nodes")
        return Light.BAD, ("与其他节点失去联系", "it has lost sight of other nodes"), remedy
    if node.drained:
        remedy = ("维护完成后：`rabbitmq-upgrade revive`", "when that is done: `rabbitmq-upgrade revive`")
        return Light.WARN, ("已停用待维护", "out of service for maintenance"), remedy
    return Light.GOOD, (f"RabbitMQ {version}", f"RabbitMQ {version}"), NOTHING


def cluster(found: QueueRisks, *, all_run: bool) -> Iterator[Sign]:
    """Yield the signs of queues that take nothing, or could not lose a node; replicas lag while a node is away."""
    if found.leaderless:
        names = some(found.leaderless)
        said = (f"队列没有主副本，收不进报文：{names}", f"queues without a leader take nothing: {names}")
        remedy = (
            "启动缺席的节点：每个队列须有过半副本在运行",
            "start the nodes that are away: more than half of a queue's must run",
        )
        yield Sign(SystemPart.BROKER, CLUSTER, Light.BAD, said, remedy)
    elif found.few:
        names = some(found.few)
        said = (f"队列副本不足：{names}", f"queues with too few replicas: {names}")
        remedy = (
            "`rabbitmq-queues grow 节点 all`，自建节点用 `exchange init`",
            "`rabbitmq-queues grow NODE all`; for nodes of its own `exchange init`",
        )
        yield Sign(SystemPart.BROKER, CLUSTER, Light.WARN, said, remedy)
    elif found.lagging and all_run:
        names = some(found.lagging)
        said = (f"队列副本没有跟上：{names}", f"queues with replicas that do not keep up: {names}")
        remedy = (
            "一分钟后再看；仍未跟上则重启其节点",
            "look again in a minute; if they still do not, start their nodes again",
        )
        yield Sign(SystemPart.BROKER, CLUSTER, Light.WARN, said, remedy)
