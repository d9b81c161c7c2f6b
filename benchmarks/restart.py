"""(f) A member restarts with much waiting: seconds from the start of its process until it serves.

    python -m benchmarks.restart 100000 5

Messages that wait, and rounds. They wait in three places: in the member's outbox, written while the broker was away; in
its queue at the broker; and in others' queues, confirmed by the broker and not signed for, with one more that was not
sent. Told is when its start had returned, and when the first message was out (confirmed, and that on record) or was
taken in. The peer is a member with a single message waiting, in turns with it. The process is forked, with everything
imported, and is killed when it has told; for the next round what has gone meanwhile is made up for.

A thousand messages are sealed each by itself; the others repeat these, under ids of their own in the outbox.
"""

from __future__ import annotations

import signal
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.measure import Figure, arguments, folder, machine, show
from benchmarks.processes import ending_well, forked, on_disk
from benchmarks.throughput import on_a_broker
from benchmarks.waiting import Place
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version
from exchange.messaging.observer import Observer
from exchange.messaging.ports import PublishOutcome
from exchange.messaging.records import InboxEntry, Parcel
from exchange.runtime.logs import configure
from exchange.trials.local import LocalDomain

PATIENCE = 120.0


class First(Observer):
    """Notes when the first message was out, or taken in."""

    def __init__(self) -> None:
        self.moment = 0.0
        self.there = threading.Event()

    def settled(self, fates: Sequence[tuple[Parcel, PublishOutcome]]) -> None:
        if any(outcome is PublishOutcome.CONFIRMED for _, outcome in fates):
            self._note()

    def committed(
        self, seconds: float, entries: Sequence[InboxEntry], letters: Sequence[object], signed: Sequence[object]
    ) -> None:
        if entries:
            self._note()

    def _note(self) -> None:
        self.moment = self.moment or time.perf_counter()
        self.there.set()


def serve(domain: LocalDomain, address: str, answer: Connection) -> None:
    """The member's process: tells when it was served, and when the first message was dealt with."""
    domain.reopen(address)
    first = domain.nodes[address].observer = First()
    domain.start(address)
    served = time.perf_counter()
    first.there.wait()
    answer.send((served, first.moment))
    signal.pause()


def restarted(domain: LocalDomain, address: str) -> tuple[float, float]:
    """Seconds from the start of a member's process until it is served, and until its first message."""
    began = time.perf_counter()
    with forked(serve, domain, address) as (_, answer):
        if not answer.poll(PATIENCE):
            raise SystemExit(f"nothing went out or came in within {PATIENCE:g} s")
        served, first = answer.recv()
    return served - began, first - began


CASES: dict[str, Callable[[Place, int], str]] = {
    "not sent": Place.written,
    "in its queue": Place.lying,
    "not signed for": Place.confirmed,
}
"""Where messages wait: what makes them, and says which member is to be started."""


def measure(info: NodeInfo, node: Path, waiting: int, times: int) -> None:
    """Every case in turns with its peer, and prints."""
    print(f"{machine()}, RabbitMQ {server_version(info.url)}, {waiting:,} messages wait", flush=True)
    figures: list[Figure] = []
    sizes: list[str] = []
    with folder("restart") as path:
        few = Place(path / "few", info)
        for number, (name, prepare) in enumerate(CASES.items()):
            many = Place(path / str(number), info)
            few_taken, many_taken = [], []
            before = on_disk(node, many.domain.folder)
            for turn in range(times):
                address = prepare(many, waiting)
                if not turn:
                    sizes.append(f"{name} {(on_disk(node, many.domain.folder) - before) / waiting:,.0f}")
                many_taken.append(restarted(many.domain, address))
                few_taken.append(restarted(few.domain, prepare(few, 1)))
            figures += compared(name, waiting, many_taken, few_taken)
    show("A member's restart", figures, "to one message waiting")
    print(f"\nOctets on disk for each that waits: {'; '.join(sizes)}")


def compared(
    name: str, waiting: int, many: Sequence[tuple[float, float]], few: Sequence[tuple[float, float]]
) -> list[Figure]:
    """The lines of one case."""
    lines = []
    for what, taken, floor in zip(("served", "first message"), zip(*many), zip(*few), strict=True):  # noqa: B905
        peer = Figure(f"1 {name}, until {what}", floor, "s", 1.0)
        ratio = statistics.median(taken) / peer.median
        lines += [Figure(f"{waiting:,} {name}, until {what}", taken, "s", ratio), peer]
    return lines


def main() -> None:
    """Runs the benchmark."""
    given = arguments(__doc__, waiting=100_000, rounds=5)
    configure(quiet=True)
    with ending_well(), folder("node") as place:
        on_a_broker(lambda info: measure(info, place, given.waiting, given.rounds), place)


if __name__ == "__main__":
    main()
