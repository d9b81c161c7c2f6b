"""(j) The desk's pages over a store of a million messages: every page of its sections, at a department's desk, a
window's and a relay office's, on SQLite and PostgreSQL.

What the stores hold says benchmarks/desk_store.py, what is real in them benchmarks/desk_office.py. A page of a section
that no address is known of ends the run. ``databases`` and ``desks`` may name some of them; with ``load`` nothing is
measured until the machine has no more to do than that. Beside the time until a page is there stands the processor's:
of this process, of those it starts, and of the database server where there is one.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

import psutil

from benchmarks.console_pages import postgres
from benchmarks.desk_addresses import addresses, unmeasured
from benchmarks.desk_office import BusyOffice, make_all, new_office
from benchmarks.desk_store import fill
from benchmarks.measure import arguments, folder, machine, number
from benchmarks.throughput import on_a_broker
from exchange.broker.admin.node_info import NodeInfo
from exchange.desk.face import DeskFace
from exchange.runtime.logs import configure
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.web.door.gate import Gate
from exchange.web.door.permissions import AccountRole
from exchange.web.door.roles import DESK_DOOR
from exchange.web.door.sessions import SessionDoor
from tests.web.desk.office import Officer
from tests.web.house import QUICK

AIM = 100
"""Milliseconds, at the median."""
LOST = 'class="card trouble"'


class Measured:
    """One address at one desk: how long each round took, and how long the processors were at work for it."""

    def __init__(self, desk: str, path: str) -> None:
        self.desk, self.path = desk, path
        self.waited: list[float] = []
        self.worked: list[float] = []

    @property
    def median(self) -> float:
        """The middle of what was waited."""
        return _at(self.waited, 0.5)

    def row(self) -> str:
        """As a line of a table."""
        waited = (_at(self.waited, 0.5), _at(self.waited, 0.95), _at(self.worked, 0.5))
        return f"| {self.desk} | `{self.path}` | " + " | ".join(f"{number(one)} ms" for one in waited) + " |"


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def stop(busy: BusyOffice) -> None:
    """Have nobody serve the members any more: their loops would find what is put into their stores."""
    for address in list(busy.city.local.members):
        busy.city.local.stop(address)


def officer_at(busy: BusyOffice, desk: str) -> Officer:
    """A supervisor's browser at a desk whose store was opened anew."""
    office, node = busy.office, busy.city.node(desk)
    home = office.folder / "home"
    gate = Gate(node.store, office.clock, QUICK, roles=DESK_DOOR)
    face = DeskFace(node, load_profiles(Home(home).departments)[node.address], Settings.read({}, home=home), gate)
    office._desks[desk] = face, SessionDoor(gate, f"-{desk}", face.office())
    return office.officer(desk, AccountRole.SUPERVISOR, language="zh")


def worked(server: Callable[[], float]) -> float:
    """Milliseconds for which this process and the database server's were at work so far."""
    drawn = os.times()
    return (time.process_time() + drawn.children_user + drawn.children_system) * 1000 + server()


def server_time(url: str | None) -> Callable[[], float]:
    """What tells for how many milliseconds the processes of the database server have worked."""
    if url is None:
        return lambda: 0.0
    place = Path(url.partition("host=")[2]) / "data" / "postmaster.pid"
    server = psutil.Process(int(place.read_text().split()[0]))

    def so_far() -> float:
        found = (Path(f"/proc/{one.pid}/schedstat") for one in server.children())
        return sum(int(file.read_text().split()[0]) for file in found if file.exists()) / 1e6

    return so_far


def look(
    officer: Officer, desk: str, paths: Sequence[tuple[str, str]], rounds: int, server: Callable[[], float]
) -> Iterator[Measured]:
    """Each address of a desk, so many times."""
    for path, name in paths:
        answer = officer.http.get(path)
        if answer.status_code != 200 or LOST in answer.text:
            lost = answer.text.partition(LOST)[2][:500]
            raise SystemExit(f"{desk}: {path} was not shown ({answer.status_code}): {lost}")
        found = Measured(desk, name)
        for _ in range(rounds):
            before, start = worked(server), time.perf_counter()
            officer.http.get(path)
            found.waited.append((time.perf_counter() - start) * 1000)
            found.worked.append(worked(server) - before)
        yield found


def memory() -> str:
    """Megabytes that are this process's alone, and the most it had since it was asked last."""
    peak = next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    Path("/proc/self/clear_refs").write_text("5")
    own = psutil.Process().memory_full_info().uss / 1e6
    return f"{own:.0f} MB its own; at most {int(peak) / 1e3:.0f} MB, shared ones too"


def measure(
    database: str, url: str | None, broker: NodeInfo, scratch: Path, given: argparse.Namespace
) -> list[Measured]:  # fmt: skip
    """Every page of some desks on one database, once all are filled and the machine has that little else to do."""
    busy, desks = new_office(scratch, broker, f"d{secrets.token_hex(3)}", url), given.desks.split(",")
    with busy.city.local:
        make_all(busy)
        stop(busy)
        if lacking := list(unmeasured(busy)):
            raise SystemExit(f"no address is known of {', '.join(lacking)}: have benchmarks/desk_office.py make it")
        for desk in desks:
            began = time.perf_counter()
            fill(busy.city.node(desk), given.messages)
            print(f"({database}, {desk}: filled in {time.perf_counter() - began:.0f} s)", file=sys.stderr, flush=True)
        while os.getloadavg()[0] > given.load:
            time.sleep(1)
        found, server = [], server_time(url)
        for desk in desks:
            officer = officer_at(busy, desk)
            before = memory()
            print(f"({database}, {desk}: {before}; load {os.getloadavg()[0]:.1f})", file=sys.stderr)
            for one in look(officer, desk, addresses(busy, desk), given.rounds, server):
                print(one.row(), file=sys.stderr, flush=True)
                found.append(one)
            print(f"({database}, {desk}, after: {memory()}; load {os.getloadavg()[0]:.1f})", file=sys.stderr)
        return found


def main() -> None:
    """Fills, looks, prints."""
    databases, desks = "sqlite,postgresql", "planning,window,relay,portal"
    given = arguments(__doc__, messages=1_000_000, rounds=21, databases=databases, desks=desks, load=1_000.0)
    configure(quiet=True)
    print(machine())

    def work(broker: NodeInfo) -> None:
        for database in given.databases.split(","):
            with folder("desk") as scratch, postgres() if database == "postgresql" else nullcontext() as url:
                found = measure(database, url, broker, scratch, given)
            print(f"\n### Pages of the desk, {given.messages:,} messages, {database}\n")
            print("| desk | page | median | p95 | processor |\n|---|---|---:|---:|---:|")
            for one in found:
                print(one.row(), flush=True)
            slow = [f"{one.desk} {one.path}" for one in found if one.median >= AIM]
            print(f"\npages slower than {AIM} ms at the median: {', '.join(slow) or 'none'}", flush=True)

    on_a_broker(work)


if __name__ == "__main__":
    main()
