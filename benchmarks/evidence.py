"""What a bundle of evidence takes: its size, and time and memory to make and to verify it, by both verifiers.

    python -m benchmarks.evidence 5 64

The cases of a demonstration (`exchange demo`), each by itself, and one case with as many departments as a request can
name, each of which agrees at once. The floor verifies as many signatures as are in the bundle, each once and over as
many octets, and does nothing else: of documents, of heads and roots of logs, of directories and statements, and of the
certificates of all members.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.evidence_cases import Source, demonstration, large_case
from benchmarks.measure import Figure, arguments, folder, machine, show
from benchmarks.processes import forked
from benchmarks.throughput import on_a_broker
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version
from exchange.directory.view import read_paper
from exchange.evidence.bundle.reading import Bundle, read_bundle
from exchange.evidence.proof.findings import Conclusion
from exchange.evidence.proof.verifying import verify_bundle
from exchange.runtime.logs import configure

T = TypeVar("T")

SECOND = Path(__file__).resolve().parents[1] / "docs" / "verifier"
MADE, VERIFIED, AGAIN, FLOOR = "made", "verified", "verified by the second verifier", "floor: its signatures"
SIZES = ("octets", "files", "signatures")

Columns = dict[str, list[float]]
"""Figures by name: sizes, milliseconds of processor time and waited, megabytes."""


def signed_parts(bundle: Bundle) -> Iterator[bytes]:
    """What is signed in a bundle, once for each signature."""
    for path, data in bundle.files.items():
        folder_, _, name = path.partition("/")
        if folder_ in ("documents", "calendars", "papers", "freshness") or "/heads/" in path:
            yield data
        if "/heads/" in name:
            yield bytes(32)  # its root is signed once more
        if folder_ == "directories":
            yield data
            for one in read_paper(data).directory.members:
                yield from one.certificates


def floor_of(bundle: Bundle) -> tuple[int, Callable[[], None]]:
    """How many signatures there are, and what verifies as many."""
    key = Ed25519PrivateKey.generate()
    signed = [(key.sign(part), part) for part in signed_parts(bundle)]
    public = key.public_key()

    def verify() -> None:
        for signature, part in signed:
            public.verify(signature, part)

    return len(signed), verify


def afresh(work: Callable[[], T]) -> tuple[T, float]:
    """What it returns in a fork of this process, and how many megabytes that takes more meanwhile."""

    def child(told: Connection) -> None:
        gc.collect()
        before = _memory("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # proc(5): the peak begins anew
        made = work()
        told.send((made, _memory("VmHWM") - before))

    with forked(child) as (_, told):
        made, taken = told.recv()
        return made, float(taken)


def _memory(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(f"{name}:"))


def measure(source: Source, number: str, times: int) -> Columns:
    """One case: its bundle is made and verified so many times, in forks of a process that has done neither."""
    authority = source.authority

    def make() -> bytes:
        with source.opened() as made:
            return made(number)

    def verify() -> str:
        return verify_bundle(data, authority).conclusion.value

    data, memory = afresh(make)
    (conclusion, more), (found, _) = afresh(verify), afresh(lambda: rounds(source, number, data, times))
    if conclusion != Conclusion.PROVED.value:
        raise SystemExit(f"the bundle of {number} is not proved")
    return {**found, f"{MADE}, memory": [memory], f"{VERIFIED}, memory": [more]}


def rounds(source: Source, number: str, data: bytes, times: int) -> Columns:
    """Time of all rounds, and what is in the bundle."""
    found: Columns = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        spent, waited = time.process_time(), time.perf_counter()
        work()
        found.setdefault(f"{name}, processor time", []).append((time.process_time() - spent) * 1000)
        found.setdefault(f"{name}, waited", []).append((time.perf_counter() - waited) * 1000)

    authority, second = source.authority, import_module("verify_case")
    bundle = read_bundle(data)
    signatures, floor = floor_of(bundle)
    with source.opened() as made:
        made(number)
        for _ in range(times):
            timed(MADE, lambda: made(number))
    verify_bundle(data, authority)
    if second.verify(data, authority)[0] != Conclusion.PROVED.value:
        raise SystemExit(f"the bundle of {number} is not proved to the second verifier")
    for _ in range(times):
        timed(FLOOR, floor)
        timed(VERIFIED, lambda: verify_bundle(data, authority))
        timed(AGAIN, lambda: second.verify(data, authority))
    sizes = zip(SIZES, (len(data), len(bundle.files), signatures), strict=True)
    return {**found, **{name: [float(size)] for name, size in sizes}}


def figures(of_cases: list[Columns]) -> list[Figure]:
    """Of one case all its rounds, of several the median of each; ratios are to the floor of the same case."""
    made, spent = [], ", processor time"
    for name in of_cases[0]:
        columns = [found[name] for found in of_cases]
        values = columns[0] if len(columns) == 1 else [statistics.median(one) for one in columns]
        unit = "" if name in SIZES else "MB" if name.endswith("memory") else "ms"
        ratio = None
        if name.endswith(spent):
            ratio = statistics.median(
                statistics.median(found[name]) / statistics.median(found[FLOOR + spent]) for found in of_cases
            )
        made.append(Figure(name, values, unit, ratio))
    return made


def main() -> None:
    """Runs the benchmark."""
    given = arguments(__doc__, rounds=5, departments=64)
    configure(quiet=True)
    sys.path.insert(0, str(SECOND))

    def large(info: NodeInfo) -> None:
        print(f"{machine()}, RabbitMQ {server_version(info.url)}")
        with folder("large") as path:
            source = large_case(path, info, given.departments)
            found = [measure(source, number, given.rounds) for number in source.cases]
        show(f"One case of {given.departments} departments", figures(found), "to the floor")

    on_a_broker(large)
    with folder("demo") as path:
        source = demonstration(path / "home")
        found = [measure(source, number, given.rounds) for number in source.cases]
    show(f"{len(found)} cases of the demonstration", figures(found), "to the floor")


if __name__ == "__main__":
    main()
