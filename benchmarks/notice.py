"""One notice to 1, 16 and more lower domains: what it costs its sender, and all.

Every lower domain has a relay office and one authority, a vhost and
a link of its own; all share one broker and one process. Ratios are to the smallest tree of the run.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from benchmarks.measure import Figure, arguments, folder, machine, show
from benchmarks.throughput import document, on_a_broker
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version
from exchange.clock import RealClock
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node
from exchange.notices.issue import issue_notice
from exchange.notices.status import notice_status
from exchange.runtime.logs import configure
from exchange.runtime.work import work_for
from exchange.schemas import Notice, Role
from exchange.trials.local import Seat
from exchange.trials.trial import Trial, relay_and, trial

ROOT = "p"
ROUNDS = 5
PATIENCE = 120.0


def seats(lower: int) -> dict[str, dict[str, Seat]]:
    """A root with an office and an authority, and so many domains below with an authority each."""
    roles = (Role.DEPARTMENT,)
    body = Seat(roles, work_for(roles, sign_at_once=True))
    found = {ROOT: relay_and(ROOT, [("office", body), ("body", body)])}
    return found | {f"{ROOT}.d{number}": relay_and(f"{ROOT}.d{number}", [("body", body)]) for number in range(lower)}


def taken_in(tree: Trial) -> int:
    """Messages that all members together have taken in."""
    return sum(_counted(node) for domain in tree.domains.values() for node in domain.nodes.values())


def _counted(node: Node) -> int:
    with node.store.reading() as tx:
        return sum(number for kind, number in tx[Inbox].counts().items() if kind != "dead")


def one_notice(tree: Trial, lower: int) -> tuple[float, float, int, int]:
    """Milliseconds of the sender's step and until all have signed; messages at the sender, and in all."""
    office = tree.domains[ROOT].nodes[f"{ROOT}.office"]
    mine, everybody = _counted(office), taken_in(tree)
    notice = Notice(document=document(), audience="all except p.body" if lower else "all")
    began = time.perf_counter()
    notice_id = issue_notice(office, notice)
    stepped = time.perf_counter() - began
    while not _over(office, notice_id, lower):
        if time.perf_counter() - began > PATIENCE:
            raise SystemExit(f"not all of {lower} have signed within {PATIENCE:.0f} s")
        time.sleep(0.01)
    return stepped * 1000, (time.perf_counter() - began) * 1000, _counted(office) - mine, taken_in(tree) - everybody


def _over(office: Node, notice_id: str, lower: int) -> bool:
    found = notice_status(office, notice_id)
    return found is not None and sum(count.signed for count in found.counts) == lower


def measure(info: NodeInfo, sizes: list[int], path: Path) -> list[Figure]:
    """All sizes, each in a tree of its own."""
    names = ("the sender's step", "until all have signed", "messages the sender takes in", "messages in all")
    units = ("ms", "ms", "", "")
    figures: list[Figure] = []
    least: list[float] = []
    for lower in sizes:
        rows = _rounds(path / str(lower), info, lower)
        columns = [[float(row[column]) for row in rows] for column in range(len(names))]
        least = least or [statistics.median(column) for column in columns]
        for name, unit, column, base in zip(names, units, columns, least, strict=True):
            ratio = statistics.median(column) / base if base else None
            figures.append(Figure(f"{lower} lower domains: {name}", column, unit, ratio))
    return figures


def _rounds(path: Path, info: NodeInfo, lower: int) -> list[tuple[float, float, int, int]]:
    places = dict.fromkeys(seats(lower), info)
    with trial(path, seats(lower), places, RealClock()) as tree:
        one_notice(tree, lower)
        return [one_notice(tree, lower) for _ in range(ROUNDS)]


def main() -> None:
    """Runs the benchmark."""
    sizes = arguments(__doc__, domains=[1, 16]).domains
    configure(quiet=True)

    def work(info: NodeInfo) -> None:
        with folder("notice") as path:
            figures = measure(info, sizes, path)
        print(f"{machine()}, RabbitMQ {server_version(info.url)}")
        show("One notice", figures, "to the smallest tree")

    on_a_broker(work)


if __name__ == "__main__":
    main()
