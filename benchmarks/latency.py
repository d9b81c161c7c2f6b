"""(c) Latency at half load: from the call that sends a 3 kB document to its commit in the receiver's inbox.

The bare broker's latency, publish to delivery of the same number of bytes at the same rate, stands beside it.
"""

from __future__ import annotations

import time
from multiprocessing.connection import Connection
from typing import Any

import pika

from benchmarks.measure import Figure, arguments, folder, machine, show
from benchmarks.throughput import _fork, document, new_domain, on_a_broker
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version
from exchange.messaging.documents import Documents
from exchange.runtime.logs import configure
from exchange.trials.local import LocalDomain

SIZE = 5_500
"""Bytes of a sealed document of 3 kB."""
STEP = 0.005


def paced(rate: float, seconds: float) -> list[float]:
    """Moments (on the monotonic clock) at which a document is due, evenly."""
    began = time.monotonic() + 0.5
    return [began + number / rate for number in range(int(rate * seconds))]


def watch(domain: LocalDomain, address: str, count: int, answer: Connection) -> None:
    """The receiver's process: notes when each document was committed."""
    domain.reopen(address)
    arrived: dict[str, float] = {}
    node = domain.nodes[address]

    def note() -> None:
        now = time.monotonic()
        with node.store.reading() as tx:
            for stored in tx[Documents].recent("received", "document", 200):
                arrived.setdefault(stored.message_id, now)

    object.__setattr__(domain, "_changed", _Hook(note))
    member = domain.start(address)
    answer.send(None)
    while len(arrived) < count:
        time.sleep(0.01)
    answer.send(arrived)
    answer.recv()
    member.close()


class _Hook:
    """Looks like an event to the member; calls back instead."""

    def __init__(self, call: Any) -> None:
        self.set = call


def product(info: NodeInfo, rate: float, seconds: float) -> list[float]:
    """Latencies in milliseconds."""
    with folder("latency") as path:
        domain = new_domain(path, info, None)
        sender, receiver = domain.domain + ".sender", domain.domain + ".receiver"
        domain.close()
        here, there = _fork.Pipe()
        moments = int(rate * seconds)
        child = _fork.Process(target=watch, args=(domain, receiver, moments, there))
        child.start()
        here.recv()
        domain.reopen(sender)
        member = domain.start(sender)
        node, body, sent = domain.nodes[sender], document(), {}
        due = paced(rate, seconds)
        while due:
            now = time.monotonic()
            lot = [moment for moment in due[:100] if moment <= now]
            due = due[len(lot) :]
            if lot:
                with node.step() as step:
                    for moment in lot:
                        sent[step.send(body, (receiver,))] = moment
                member.wake()
            time.sleep(max(0.0, min(STEP, due[0] - time.monotonic())) if due else 0)
        arrived = here.recv()
        here.send(None)
        child.join()
        member.close()
        return sorted((arrived[name] - moment) * 1000 for name, moment in sent.items())


def bare(info: NodeInfo, rate: float, seconds: float) -> list[float]:
    """Latencies of the broker alone, in milliseconds: confirmed publishing in one process, consuming in another."""
    queue = f"latency-{time.monotonic_ns()}"
    with pika.BlockingConnection(pika.URLParameters(info.url)) as admin:
        channel = admin.channel()
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
        time.sleep(2)
        here, there = _fork.Pipe()
        count = int(rate * seconds)
        child = _fork.Process(target=_consume, args=(info.url, queue, count, there))
        child.start()
        here.recv()
        body = bytes(SIZE)
        for moment in paced(rate, seconds):
            time.sleep(max(0.0, moment - time.monotonic()))
            stamp = str(time.monotonic())
            channel.basic_publish("", queue, body, pika.BasicProperties(delivery_mode=2, message_id=stamp))
        latencies = here.recv()
        child.join()
        channel.queue_delete(queue)
    return sorted(latencies)


def _consume(url: str, queue: str, count: int, answer: Connection) -> None:
    latencies: list[float] = []
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.basic_qos(prefetch_count=200)
        answer.send(None)
        for method, properties, _ in channel.consume(queue):
            latencies.append((time.monotonic() - float(properties.message_id)) * 1000)
            channel.basic_ack(method.delivery_tag)
            if len(latencies) == count:
                break
        channel.cancel()
    answer.send(latencies)


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the sorted values lies."""
    return values[min(len(values) - 1, int(len(values) * share))]


def main() -> None:
    """Measures and prints."""
    configure(quiet=True)
    given = arguments(__doc__, documents_a_second=400.0, seconds=10.0)
    rate, seconds = given.documents_a_second, given.seconds

    def work(info: NodeInfo) -> None:
        print(f"{machine()}, RabbitMQ {server_version(info.url)}, {rate:.0f} documents a second for {seconds:.0f} s")
        rounds = [(product(info, rate, seconds), bare(info, rate, seconds)) for _ in range(3)]
        figures = []
        for share, name in ((0.5, "p50"), (0.99, "p99")):
            ours = [percentile(found, share) for found, _ in rounds]
            broker = [percentile(floor, share) for _, floor in rounds]
            floor = Figure(f"{name}, bare broker", broker, "ms", 1.0)
            figures += [Figure(f"{name}, send to committed inbox", ours, "ms", sorted(ours)[1] / floor.median), floor]
        show("Latency at half load", figures, "to the bare broker")

    on_a_broker(work)


if __name__ == "__main__":
    main()
