"""What a member's log takes: processor time of a document and of a case, with the log and without, in turns.

    python -m benchmarks.log_cost 3000 150 5

Documents as in `benchmarks.throughput`, cases as in `benchmarks.month`; in every second run nothing is sealed, checked
or witnessed, which members never do otherwise. Counted is the processor time of all members' processes, from their
start to their end, when what is left is sealed; the broker's is not. Beside that, what the log's own rounds have had of
it. The journal of a window that has sealed nothing is then sealed, a thousand entries at a time, and what lies on the
disk is counted.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.measure import Figure, arguments, folder, machine, show
from benchmarks.month import Lead, city, decided
from benchmarks.processes import database_files, fork
from benchmarks.throughput import carried, new_domain, on_a_broker
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version
from exchange.messaging.log.scrubbing import Scrubbing
from exchange.messaging.log.sealing import Sealing, seal, seal_rest
from exchange.messaging.log.store import MemberLog
from exchange.messaging.log.witnessing import Witnessing
from exchange.messaging.node import Node
from exchange.runtime.logs import configure
from exchange.trials.local import LocalDomain

FULL = 1_000
"""Entries under a head where there is much to seal."""

Prepared = tuple[LocalDomain, Callable[[], float]]
"""A domain that is not served yet, and what serves it until all is done: returns the seconds that were waited."""
Columns = dict[str, list[float]]
"""Figures of several runs, by name."""

SPENT, WAITED, LOG, ENTRIES = "processor time", "waited", "of it by the log", "entries sealed"


_ROUNDS: tuple[type[Sealing | Scrubbing | Witnessing], ...] = (Sealing, Scrubbing, Witnessing)
"""What a served member does about its log: it seals, checks, and shows heads to its witnesses."""


@contextmanager
def keeping(*, on: bool) -> Iterator[Callable[[], float]]:
    """Members that start meanwhile, in processes that are forked meanwhile, too, keep their logs or do not.

    Gives what returns the seconds of processor time that this took.
    """
    spent = fork.Value("d", 0.0)

    def counted(work: Callable[[], int | None]) -> int:
        if not on:
            return 0
        began = time.thread_time()
        try:
            return work() or 0
        finally:
            with spent.get_lock():
                spent.value += time.thread_time() - began

    def counting(look: Callable[[Any, Node], int]) -> Callable[[Any, Node], int]:
        return lambda self, node: counted(lambda: look(self, node))

    with ExitStack() as stack:
        for one in _ROUNDS:
            stack.enter_context(mock.patch.object(one, "look", counting(one.look)))
        rest = mock.patch("exchange.runtime.member.seal_rest", lambda node: counted(lambda: seal_rest(node)))
        stack.enter_context(rest)
        yield lambda: float(spent.value)


def documents(path: Path, info: NodeInfo, count: int) -> Prepared:
    """One sender, one receiver."""
    domain = new_domain(path, info, None)
    domain.close()
    return domain, lambda: carried(domain, count)


def cases(path: Path, info: NodeInfo, count: int) -> Prepared:
    """A window, a monitor and five departments."""
    lead = Lead()
    domain = city(path, info, lead)

    def run() -> float:
        moments = decided(domain, lead, count)
        return moments[-1] - moments[0]

    return domain, run


def once(prepared: Prepared, count: int, *, on: bool) -> dict[str, float]:
    """One run: of each document or case."""
    domain, run = prepared
    before = os.times()
    with keeping(on=on) as took:
        waited = run()
    spent = sum(os.times()[:4]) - sum(before[:4])
    sealed = sum(_sealed(domain, address) for address in domain.seats)
    of_all = {SPENT: spent * 1000, WAITED: waited * 1000, LOG: took() * 1000, ENTRIES: float(sealed)}
    return {name: value / count for name, value in of_all.items()}


def _sealed(domain: LocalDomain, address: str) -> int:
    domain.reopen(address)
    with domain.nodes[address].store.reading() as tx:
        newest = tx[MemberLog].newest()
    return newest.size if newest is not None else 0


def compare(
    prepare: Callable[[Path], Prepared], count: int, pairs: int, after: Callable[[LocalDomain], None] = lambda _: None
) -> dict[bool, Columns]:
    """Runs with the log and without, in turns; ``after`` is called with each domain that has not sealed."""
    found: dict[bool, Columns] = {True: defaultdict(list), False: defaultdict(list)}
    for number in range(pairs):
        for on in (True, False)[:: 1 if number % 2 else -1]:
            with folder("log") as path:
                prepared = prepare(path)
                for name, value in once(prepared, count, on=on).items():
                    found[on][name].append(value)
                if not on:
                    after(prepared[0])
                prepared[0].close()
    return found


def seal_all(domain: LocalDomain, columns: Columns) -> None:
    """Seal a window's journal, a thousand entries at a time, and look at its file."""
    address = f"{domain.domain}.window"
    node = domain.nodes[address]
    sealed, began, waited = FULL, time.process_time(), time.perf_counter()
    total = 0
    while sealed == FULL:
        sealed = seal(node, FULL)
        total += sealed
    columns["processor time"].append((time.process_time() - began) * 1e6 / total)
    columns["waited"].append((time.perf_counter() - waited) * 1e6 / total)
    pages = table_sizes(database_files(domain, address)[0])
    columns["tiles and heads, on the disk"].append((pages["log_tile"] + pages["log_head"]) / total)
    columns["the journal itself, on the disk"].append(pages["journal"] / total)


def table_sizes(database: Path) -> dict[str, int]:
    """Octets of the pages of each table of a file of SQLite, those of its indexes not among them."""
    connection = sqlite3.connect(database)
    try:
        return dict(connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall())
    finally:
        connection.close()


def figures(found: dict[bool, Columns]) -> list[Figure]:
    """With the log beside without it: ratios are medians of those of each pair."""
    made = []
    for name in (SPENT, WAITED):
        with_log, without = found[True][name], found[False][name]
        ratio = statistics.median(one / other for one, other in zip(with_log, without, strict=True))
        made += [Figure(f"{name}, with the log", with_log, "ms", ratio), Figure(f"{name}, without", without, "ms", 1.0)]
    share = statistics.median(one / all_ for one, all_ in zip(found[True][LOG], found[True][SPENT], strict=True))
    return [
        *made,
        Figure(LOG, found[True][LOG], "ms", share),
        Figure(ENTRIES, found[True][ENTRIES], ""),
    ]


def main() -> None:
    """Runs the benchmark."""
    given = arguments(__doc__, documents=3000, cases=150, pairs=5)
    configure(quiet=True)

    def work(info: NodeInfo) -> None:
        print(f"{machine()}, RabbitMQ {server_version(info.url)}")
        found = compare(lambda path: documents(path, info, given.documents), given.documents, given.pairs)
        show("The log, a document", figures(found), "to without, and share")
        columns: Columns = defaultdict(list)
        found = compare(
            lambda path: cases(path, info, given.cases), given.cases, given.pairs,
            lambda domain: seal_all(domain, columns),
        )  # fmt: skip
        show("The log, a case", figures(found), "to without, and share")
        units = {"processor time": "µs", "waited": "µs"}
        show("Sealing, an entry", [Figure(name, values, units.get(name, "B")) for name, values in columns.items()])

    on_a_broker(work)


if __name__ == "__main__":
    main()
