"""(g) Endurance: what memory two members take, and how quickly they work, over a million documents of 3 kB.

    python -m benchmarks.endurance 1000000

One sender, one receiver, each a process. The sender keeps some thousands ahead of the receipts that it has, so that
neither its outbox nor the queue at the broker grows without bound. Private memory is what no other process shares: the
middle of several looks in each tenth of the documents. The floor, before and after, moves bare documents
(benchmarks/floor.py).
"""

from __future__ import annotations

import statistics
import sys
import time
from ctypes import c_long
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from typing import Any

from benchmarks.endurance_sides import receive, send
from benchmarks.measure import Figure, arguments, folder, machine, number, show
from benchmarks.month import taken_in
from benchmarks.processes import database_files, ending_well, fork, forked, on_disk, private
from benchmarks.throughput import bare, new_domain, on_a_broker
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version
from exchange.runtime.logs import configure

FLOOR = 2000
"""Documents a measurement of the floor."""
TENTHS, LOOKS = 10, 5
"""Of the documents, and at memory in each of these."""
SIDES = ("sender", "receiver")
Sides = tuple[BaseProcess, BaseProcess]


@dataclass(frozen=True)
class Tenth:
    """What was seen while a tenth of the documents was taken in."""

    rate: float
    memory: tuple[float, float]
    """Megabytes of each side, the middle of all looks."""


def run(info: NodeInfo, count: int) -> tuple[list[Tenth], list[float]]:
    """All tenths, and octets on disk a message of each side at the end."""
    with folder("endurance") as path:
        domain = new_domain(path, info, None)
        addresses = [f"{domain.domain}.{side}" for side in SIDES]
        domain.close()
        taken, signed = fork.Value(c_long), fork.Value(c_long)
        with forked(receive, domain, addresses[1], taken) as (receiver, theirs):
            theirs.recv()
            with forked(send, domain, *addresses, count, signed) as (sender, ours):
                ours.recv()
                sides = (sender, receiver)
                tenths = [tenth(one, count, sides, taken) for one in range(TENTHS)]
                wait_for(signed, count, sides)
                sizes = [on_disk(*database_files(domain, address)) / count for address in addresses]
                for side in (ours, theirs):
                    side.send(None)
                    side.recv()
        if taken_in(domain, addresses[1]) != count:
            raise SystemExit("not what was sent was taken in")
    return tenths, sizes


def tenth(one: int, count: int, sides: Sides, taken: Any) -> Tenth:
    """Waits while a tenth of the documents is taken in, and looks at memory meanwhile."""
    memory = []
    began, first = time.perf_counter(), taken.value
    for look in range(1, LOOKS + 1):
        wait_for(taken, count * (one * LOOKS + look) // (TENTHS * LOOKS), sides)
        memory.append([private(side) for side in sides])
    rate = (taken.value - first) / (time.perf_counter() - began)
    ours, theirs = (statistics.median(side) for side in zip(*memory, strict=True))
    print(f"{taken.value:,} documents, {rate:.0f} a second, {ours:.1f} and {theirs:.1f} MB", file=sys.stderr)
    return Tenth(rate, (ours, theirs))


def wait_for(counter: Any, wanted: int, sides: Sides) -> None:
    """Waits until so many are counted; ends the benchmark when a side has ended."""
    while counter.value < wanted:
        if not all(side.is_alive() for side in sides):
            raise SystemExit("a member's process has ended by itself")
        time.sleep(0.02)


def report(tenths: list[Tenth], sizes: list[float], floors: list[float]) -> None:
    """Prints what was found."""
    print("\n| tenth | documents/s | sender, MB | receiver, MB |\n|---:|---:|---:|---:|")
    for place, one in enumerate(tenths, 1):
        print(f"| {place} | {number(one.rate)} | {one.memory[0]:.1f} | {one.memory[1]:.1f} |")
    rates, floor = [one.rate for one in tenths], statistics.median(floors)
    figures = [
        Figure("documents, by tenths", rates, "documents/s", statistics.median(rates) / floor),
        Figure("floor", floors, "documents/s", 1.0),
    ]
    figures += [Figure(f"{side}, on disk a message", [size], "octets") for side, size in zip(SIDES, sizes, strict=True)]
    show("Endurance", figures, "to the floor")
    for place, side in enumerate(SIDES):
        earlier, last = (tenths[at].memory[place] for at in (1, -1))
        print(f"\nprivate memory of the {side}, second tenth to last: {100 * (last / earlier - 1):+.1f} %")


def main() -> None:
    """Runs the benchmark."""
    count = arguments(__doc__, documents=1_000_000).documents
    configure(quiet=True)

    def work(info: NodeInfo) -> None:
        print(f"{machine()}, RabbitMQ {server_version(info.url)}, {count:,} documents", flush=True)
        floors = [floor(info)]
        tenths, sizes = run(info, count)
        report(tenths, sizes, [*floors, floor(info)])

    with ending_well():
        on_a_broker(work)


def floor(info: NodeInfo) -> float:
    """Bare documents a second."""
    with folder("floor") as path:
        return bare(path, info, FLOOR, None)


if __name__ == "__main__":
    main()
