"""Ours beside six peers: what libraries for RabbitMQ make of the same work for a document of 3 kB, sender to receiver.

Sign, seal, confirmed persistent publish to a durable quorum queue, open, verify, commit without duplicates,
acknowledge. First documents a second and memory, then latency at 200 and 400 a second. Rounds go in turns. The peers'
libraries are fetched on first use into build/peers. docs/peers.md says what each does here, and what it lacks.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks import latency, throughput
from benchmarks.measure import arguments, folder, machine, number
from benchmarks.peers.environment import interpreter
from benchmarks.peers.ours import weigh
from benchmarks.peers.rounds import Peer, Round, run
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version
from exchange.runtime.logs import configure

PEERS = (
    Peer("aio-pika, tuned by hand", "with_aio_pika_tuned", "a batch"),
    Peer("aio-pika, one at a time", "with_aio_pika", "a message"),
    Peer("FastStream", "with_faststream", "a message"),
    Peer("kombu", "with_kombu", "a message"),
    Peer("Celery", "with_celery", "a message"),
    Peer("dramatiq", "with_dramatiq", "a message"),
)
OURS = "ours"
RATES = (200.0, 400.0)


def speeds(info: NodeInfo, count: int, times: int) -> None:
    """Print documents a second and what processes weigh."""
    found: dict[str, list[Round]] = {peer.name: [] for peer in PEERS}
    own: list[float] = []
    weights: list[tuple[float, float]] = []
    for _ in range(times):
        with folder("bench") as path:
            own.append(throughput.product(path, info, count, None))
        weights.append(weigh(info, count))
        for peer in PEERS:
            found[peer.name].append(run(peer, info, count))
    print("\n### Throughput and memory\n")
    print("| | documents/s | spread | ours to it | a transaction | sender, MiB | receiver, MiB |")
    print("|---|---:|---:|---:|---|---:|---:|")
    ours = statistics.median(own)
    _row(OURS, own, ours, "a batch", *zip(*weights, strict=True))
    for peer in PEERS:
        rounds = found[peer.name]
        sides = [one.sender for one in rounds], [one.receiver for one in rounds]
        _row(peer.name, [one.speed for one in rounds], ours, peer.transaction, *sides)


def _row(name: str, values: Sequence[float], ours: float, transaction: str, *sides: Sequence[float]) -> None:
    median = statistics.median(values)
    weights = " | ".join(number(statistics.median(side)) for side in sides)
    spread = f"{number(min(values))} – {number(max(values))}"
    print(f"| {name} | {number(median)} | {spread} | {ours / median:.2f} | {transaction} | {weights} |", flush=True)


def latencies(info: NodeInfo, times: int, seconds: float) -> None:
    """Print p50 and p99 at each rate."""
    found: dict[tuple[str, float], list[list[float]]] = {}
    for rate in RATES:
        for _ in range(times):
            found.setdefault((OURS, rate), []).append(latency.product(info, rate, seconds)[0])
            for peer in PEERS:
                latest = run(peer, info, int(rate * seconds), rate).latencies
                found.setdefault((peer.name, rate), []).append(latest)
    print(f"\n### Latency, from when a document is due to its commit, ms, {seconds:.0f} s a round\n")
    print("| |" + "".join(f" p50 at {rate:.0f}/s | p99 at {rate:.0f}/s |" for rate in RATES))
    print("|---|" + "---:|---:|" * len(RATES))
    for name in (OURS, *(peer.name for peer in PEERS)):
        cells = [_cell(found[name, rate], share) for rate in RATES for share in (0.5, 0.99)]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def _cell(rounds: Sequence[list[float]], share: float) -> str:
    values = [latency.percentile(one, share) for one in rounds]
    return f"{number(statistics.median(values))} ({number(min(values))} – {number(max(values))})"


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__, documents=2000, rounds=5, seconds=10.0)
    configure(quiet=True)
    interpreter()

    def work(info: NodeInfo) -> None:
        print(f"{machine()}, RabbitMQ {server_version(info.url)}, {given.documents:,} documents a round")
        speeds(info, given.documents, given.rounds)
        latencies(info, min(given.rounds, 3), given.seconds)

    throughput.on_a_broker(work)


if __name__ == "__main__":
    main()
