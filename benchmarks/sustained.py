"""Sustained load: whether a whole domain under `exchange up` keeps its memory, files, threads and pace over an hour.

    python -m benchmarks.sustained 60

A window, five departments, a monitor, a portal, console, public window and private node, on a quick calendar
(benchmarks/sustained_city.py): documents of 3 kB between the members and applications at a steady rate, written by
another process, as commands do. Two departments never answer: reminders go, and silence counts. Each sixth of the time
shows the rate, the time from writing a document to its receipt, and the private memory of each process, the middle of
all looks. At the end everything is taken in and signed for once, every case decided, and the books balance.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks import sustained_city as city
from benchmarks.measure import arguments, folder, machine, number
from benchmarks.processes import ending_well, on_disk
from benchmarks.sustained_processes import Look, look_at
from benchmarks.throughput import document
from benchmarks.up import environment, program, running, spent
from exchange.approval.window.submit import submit
from exchange.errors import DatabaseUnavailable
from exchange.messaging.node import Node
from exchange.runtime.home import OpenedMember, open_member
from exchange.runtime.logs import configure
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Applicant, Application

SIXTHS = 6
LOOK_EVERY, RENEW_EVERY = 10.0, 60.0
PATIENCE = 900.0
"""Seconds for the last cases: the terms of the silent departments, with a week-end."""


@dataclass
class Load:
    """What is written, and what was seen meanwhile."""

    members: Mapping[str, OpenedMember]
    documents: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Sender and addressee by message id."""
    cases: list[str] = field(default_factory=list)
    looks: list[list[Look]] = field(default_factory=lambda: [[] for _ in range(SIXTHS)])
    counts: list[tuple[int, int]] = field(default_factory=list)
    """Documents and cases written by the end of each sixth."""
    loads: list[float] = field(default_factory=list)
    """Processes that waited for a core of the machine, this domain's and all others', at the end of each."""
    late: int = 0
    """How often a database was locked for so long that what was to be written had to be written again."""

    def write(self) -> None:
        """A notice from somebody to another department; none goes upward to the window."""
        addressee = random.choice(sorted(self.members)[:-1])
        sender = random.choice([one for one in self.members if one != addressee])
        with self.members[sender].node.step() as step:
            self.documents[step.send(document(), (addressee,))] = (sender, addressee)

    def apply(self) -> None:
        """An application at the window."""
        window = self.members["load.window"].node
        self.cases.append(submit(window, application(window)).number)


def application(window: Node) -> Application:
    """Put in now."""
    applicant = Applicant(name="applicant", identifier="1", contact="-")
    return Application(
        matter=city.MATTER, applicant=applicant, project="works", materials=(), submitted_at=window.clock.now()
    )


def beats(seconds: float, rate: float) -> Iterator[float]:
    """The moments, from now on, at which something is due."""
    return (one / rate for one in range(int(seconds * rate)))


def drive(load: Load, up: psutil.Process, seconds: float, rates: tuple[float, float]) -> None:
    """Writes at the rates, and looks at the processes every now and then."""
    due = sorted(
        [(at, load.write) for at in beats(seconds, rates[0])]
        + [(at, load.apply) for at in beats(seconds, rates[1])]
        + [(at, lambda: load.looks[len(load.counts)].append(look_at(up))) for at in beats(seconds, 1 / LOOK_EVERY)]
        + [(at, lambda: renew(load)) for at in beats(seconds, 1 / RENEW_EVERY)]
        + [((one + 1) * seconds / SIXTHS, lambda: close_sixth(load)) for one in range(SIXTHS)],
        key=lambda one: one[0],
    )
    began = time.perf_counter()
    for at, work in due:
        time.sleep(max(0.0, began + at - time.perf_counter()))
        again(load, work)


def again(load: Load, work: Callable[[], None]) -> None:
    """Does it until the database is not locked by others for too long, as whoever gives a command does."""
    while True:
        try:
            return work()
        except DatabaseUnavailable:
            load.late += 1


def renew(load: Load) -> None:
    """Reads directory and statements anew, as served members do."""
    for opened in load.members.values():
        opened.node.renew()


def close_sixth(load: Load) -> None:
    """Says what this sixth was like."""
    looks = load.looks[len(load.counts)]
    load.counts.append((len(load.documents), len(load.cases)))
    load.loads.append(psutil.getloadavg()[0])
    memory = {role: statistics.median(look[role].memory for look in looks if role in look) for role in looks[-1]}
    said = ", ".join(f"{role} {memory[role]:.1f}" for role in memory)
    print(f"{len(load.documents):,} documents, {len(load.cases):,} cases; MB: {said}", file=sys.stderr, flush=True)


def rows(home: Path, address: str, query: str) -> list[tuple[int, ...]]:
    """What a member's database answers."""
    with closing(sqlite3.connect(f"file:{Home(home).database_file(address)}?mode=ro", uri=True)) as db:
        return db.execute(query).fetchall()


def await_end(home: Path, load: Load) -> None:
    """Waits until every case is decided and every copy has its receipt. Ends the benchmark otherwise."""
    until = time.monotonic() + PATIENCE
    while still := waiting(home, load):
        if time.monotonic() > until:
            raise SystemExit(f"still waiting: {still}")
        time.sleep(1.0)


def waiting(home: Path, load: Load) -> dict[str, int]:
    """What is not over yet, by what it is."""
    decided = rows(home, "load.window", "select count(*) from case_file where state = 'decided'")[0][0]
    found = {"cases": len(load.cases) - decided}
    for address in everybody(home):
        query = "select count(*) from outbox_copy where needs_receipt and state <> 'delivered'"
        found[address] = rows(home, address, query)[0][0]
    return {what: count for what, count in found.items() if count}


def everybody(home: Path) -> list[str]:
    """All members' addresses."""
    return sorted(one.name for one in Home(home).members.iterdir() if Home(home).database_file(one.name).exists())


def check(home: Path, load: Load) -> None:
    """Each document taken in once by its addressee and by nobody else. Ends the benchmark otherwise."""
    for address in load.members:
        wanted = Counter(one for one, (_, to) in load.documents.items() if to == address)
        query = "select message_id from inbox where kind = 'document' and accepted"
        if Counter(str(one[0]) for one in rows(home, address, query)) != wanted:
            raise SystemExit(f"{address} has not taken in each of its documents once")
    subprocess.run(program("reconcile"), env=environment(home), check=True)


def latencies(home: Path, load: Load, began: float, seconds: float) -> list[list[float]]:
    """Seconds from writing a document to its receipt, by the sixth in which it was written."""
    found: list[list[float]] = [[] for _ in range(SIXTHS)]
    query = """select c.written_at, c.delivered_at from outbox_copy c join outbox_message m using (message_id)
               where m.kind = 'document'"""
    for address in load.members:
        for written, delivered in rows(home, address, query):
            sixth = int((written / 1e6 - began) / city.FACTOR / (seconds / SIXTHS))
            found[min(max(sixth, 0), SIXTHS - 1)].append((delivered - written) / 1e6 / city.FACTOR)
    return found


def kinds(home: Path) -> Counter[str]:
    """Messages that members took in, by their kind."""
    found: Counter[str] = Counter()
    for address in everybody(home):
        found.update({str(kind): count for kind, count in rows(home, address, _KINDS)})
    return found


_KINDS = "select kind, count(*) from inbox group by kind"


def report(home: Path, load: Load, began: float, seconds: float) -> None:
    """Prints what was found."""
    print("\n| sixth | documents/s | cases/s | to the receipt, p50 | p99 | load of the machine |")
    print("|---:|---:|---:|---:|---:|---:|")
    before = (0, 0)
    for place, (counts, times) in enumerate(zip(load.counts, latencies(home, load, began, seconds), strict=True), 1):
        documents, cases = ((now - then) / (seconds / SIXTHS) for now, then in zip(counts, before, strict=True))
        middle, late = statistics.median(times), statistics.quantiles(times, n=100)[-1]
        cells = [f"{documents:.2f}", f"{cases:.2f}", f"{1000 * middle:.0f} ms", f"{1000 * late:.0f} ms"]
        print(f"| {place} | {' | '.join(cells)} | {load.loads[place - 1]:.0f} |")
        before = counts
    show_processes(load)
    messages = kinds(home)
    size = sum(on_disk(*(file.parent.glob("store.db*"))) for file in map(Home(home).database_file, everybody(home)))
    print(f"\nwritten again for a database that was locked too long: {load.late}")
    print(f"taken in: {', '.join(f'{count:,} {kind}' for kind, count in messages.most_common())}")
    print(f"all databases: {size / 1e6:.0f} MB, {number(size / messages.total())} octets a message taken in")
    node, logs = (on_disk(place) / 1e6 for place in (Home(home).node, Home(home).logs))
    print(f"the private node's folder: {node:.0f} MB; logs: {logs:.1f} MB")


def show_processes(load: Load) -> None:
    """Prints memory by sixths, and files and threads of the second and the last."""
    head = " | ".join(map(str, range(1, SIXTHS + 1)))
    print(f"\n| private memory, MB | {head} | second to last | open files | threads |")
    print("|---|" + "---:|" * (SIXTHS + 3))
    for role in [one for one in load.looks[-1][-1] if all(any(one in look for look in sixth) for sixth in load.looks)]:
        cells, looks = [], [[look[role] for look in sixth if role in look] for sixth in load.looks]
        memory = [statistics.median(one.memory for one in sixth) for sixth in looks]
        for values in ([one.files for one in looks[at]] for at in (1, -1)):
            cells.append(f"{statistics.median(values):.0f}")
        files = " → ".join(cells)
        threads = " → ".join(f"{statistics.median(one.threads for one in looks[at]):.0f}" for at in (1, -1))
        shown = " | ".join(f"{one:.1f}" for one in memory)
        print(f"| {role} | {shown} | {100 * (memory[-1] / memory[1] - 1):+.1f} % | {files} | {threads} |")


def main() -> None:
    """Runs the benchmark."""
    given = arguments(__doc__, minutes=60.0, documents=10.0, cases=0.2)
    configure(quiet=True)
    seconds = 60 * given.minutes
    print(
        f"{machine()}, {given.minutes:g} minutes, {given.documents:g} documents/s, {given.cases:g} cases/s", flush=True
    )
    with ending_well(), folder("sustained") as place:
        home = place / "home"
        city.make(home)
        settings = Settings.read({}, home)
        with running(home) as (_, up):
            load = Load({address: open_member(settings, address) for address in city.members()})
            began, taken = settings.clock.now().timestamp(), spent(up)
            drive(load, up, seconds, (given.documents, given.cases))
            print(f"{100 * (spent(up) - taken) / seconds:.0f} % of a core for all its processes")
            await_end(home, load)
            check(home, load)
            report(home, load, began, seconds)
            for opened in load.members.values():
                opened.store.close()


if __name__ == "__main__":
    main()
