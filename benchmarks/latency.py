"""(c) Latency at given rates: from the call that sends a 3 kB document to its commit in the receiver's inbox.

    python -m benchmarks.latency 10 3 1 20 100 200 400 600

Seconds at each rate, rounds, and the rates. The bare broker's latency, publish to delivery of the same number of bytes
at the same rate, stands beside it, and what a document costs both sides in processor time.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

import pika

from benchmarks.measure import Figure, arguments, folder, machine, show
from benchmarks.processes import fork
from benchmarks.throughput import document, new_domain, on_a_broker
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version
from exchange.messaging.observer import Observer
from exchange.messaging.records import InboxEntry
from exchange.runtime.logs import configure
from exchange.schemas import Document
from exchange.trials.local import LocalDomain

SIZE = 5_500
"""Bytes of a sealed document of 3 kB."""
STEP = 0.001
"""Seconds between two looks whether a document is due."""
LEAST = 20
"""Documents that a rate is measured by, at least."""


def paced(rate: float, seconds: float) -> list[float]:
    """Moments (on the monotonic clock) at which a document is due, evenly."""
    began = time.monotonic() + 0.5
    return [began + number / rate for number in range(int(rate * seconds))]


class Arrivals(Observer):
    """Notes when each document was on record; nothing else is asked of the receiver meanwhile."""

    def __init__(self) -> None:
        self.moments: dict[str, float] = {}

    def committed(
        self, seconds: float, entries: Sequence[InboxEntry], letters: Sequence[object], signed: Sequence[object]
    ) -> None:
        now = time.monotonic()
        for entry in entries:
            if entry.header.kind == Document.KIND:
                self.moments.setdefault(entry.header.message_id, now)


def watch(domain: LocalDomain, address: str, count: int, answer: Connection) -> None:
    """The receiver's process: tells when each document was committed, and what time of a processor it took in all."""
    domain.reopen(address)
    arrivals = domain.nodes[address].observer = Arrivals()
    member = domain.start(address)
    answer.send(None)
    began = time.process_time()
    while len(arrivals.moments) < count:
        time.sleep(0.01)
    answer.send((arrivals.moments, time.process_time() - began))
    answer.recv()
    member.close()


def product(info: NodeInfo, rate: float, seconds: float) -> tuple[list[float], float]:
    """Latencies in milliseconds, and milliseconds of a processor that both sides took for each document."""
    with folder("latency") as path:
        domain = new_domain(path, info, None)
        sender, receiver = domain.domain + ".sender", domain.domain + ".receiver"
        domain.close()
        here, there = fork.Pipe()
        moments = int(rate * seconds)
        child = fork.Process(target=watch, args=(domain, receiver, moments, there))
        child.start()
        here.recv()
        domain.reopen(sender)
        member = domain.start(sender)
        node, body, sent = domain.nodes[sender], document(), {}
        due = paced(rate, seconds)
        began = time.process_time()
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
        arrived, theirs = here.recv()
        spent = time.process_time() - began + theirs
        here.send(None)
        child.join()
        member.close()
        return sorted((arrived[name] - moment) * 1000 for name, moment in sent.items()), 1000 * spent / moments


def bare(info: NodeInfo, rate: float, seconds: float) -> list[float]:
    """Latencies of the broker alone, in milliseconds: confirmed publishing in one process, consuming in another."""
    queue = f"latency-{time.monotonic_ns()}"
    with pika.BlockingConnection(pika.URLParameters(info.url)) as admin:
        channel = admin.channel()
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
        time.sleep(2)
        here, there = fork.Pipe()
        count = int(rate * seconds)
        child = fork.Process(target=_consume, args=(info.url, queue, count, there))
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


def at(info: NodeInfo, rate: float, seconds: float, times: int) -> None:
    """Measures at one rate, and prints a table."""
    ours, costs, floors = [], [], []
    for _ in range(times):
        latencies, cost = product(info, rate, seconds)
        ours.append(latencies)
        costs.append(cost)
        floors.append(bare(info, rate, seconds))
    figures = []
    for share, name in ((0.5, "p50"), (0.99, "p99")):
        taken = [percentile(found, share) for found in ours]
        broker = [percentile(found, share) for found in floors]
        floor = Figure(f"{name}, bare broker", broker, "ms", 1.0)
        ratio = statistics.median(taken) / floor.median
        figures += [Figure(f"{name}, send to committed inbox", taken, "ms", ratio), floor]
    figures.append(Figure("processor time a document, both sides", costs, "ms"))
    show(f"{rate:g} documents a second", figures, "to the bare broker")


def main() -> None:
    """Measures and prints."""
    configure(quiet=True)
    given = arguments(__doc__, seconds=10.0, rounds=3, documents_a_second=[400.0])

    def work(info: NodeInfo) -> None:
        print(f"{machine()}, RabbitMQ {server_version(info.url)}, for {given.seconds:g} s at each rate")
        for rate in given.documents_a_second:
            at(info, rate, max(given.seconds, LEAST / rate), given.rounds)

    on_a_broker(work)


if __name__ == "__main__":
    main()
