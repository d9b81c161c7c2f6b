"""(d) The deadline sweep: what it costs with many deadlines open and few of them due.

The floor is the bare query: the due rows read from the same table by the same index, nothing done with them.
"""

from __future__ import annotations

import sqlite3
import sys
import time
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.measure import Figure, arguments, folder, machine, show
from exchange.approval.monitor import lapse
from exchange.approval.monitor.lapse import watch_row
from exchange.approval.monitor.store import Watches
from exchange.approval.rules.states import WatchState
from exchange.clock import CST, SteppedClock
from exchange.directory import Authority, load_authority_certificate, load_directory
from exchange.messaging.node import Node
from exchange.schemas import DeadlineState, DeadlineStatus, DefaultMode, EntryKind, LedgerEntry, Role, StartRule, Term
from exchange.store import open_store
from exchange.workdays import ChinaCalendar

NOW = datetime(2026, 3, 2, 9, tzinfo=CST)
DUE = 100
ROUNDS = 7


def monitor(path: Path) -> Node:
    """A monitor with an empty database."""
    authority = Authority.open_or_create(path / "authority", "bench", NOW)
    addresses = {"bench.monitor": Role.MONITOR, "bench.window": Role.WINDOW, "bench.dept": Role.DEPARTMENT}
    identities = {address: authority.certify(address, NOW) for address in addresses}
    members = [authority.member(identities[a], a, a, (role,)) for a, role in addresses.items()]
    authority.publish(path / "directory", members, NOW, NOW + timedelta(days=365))
    view = load_directory((path / "directory").read_bytes(), load_authority_certificate(path / "authority"), NOW, 0)
    store = open_store(f"sqlite:///{path / 'store.db'}", member="bench.monitor")
    store.migrate()
    clock = SteppedClock(NOW)
    return Node(identities["bench.monitor"], view, store, clock, ChinaCalendar(), lambda: str(uuid.uuid4()))


def deadline(number: int, due: datetime) -> DeadlineState:
    """One open deadline."""
    return DeadlineState(
        case_number=f"case-{number}",
        matter="works",
        matter_version="1",
        department="bench.dept",
        lead="bench.window",
        consultation_id="00000000-0000-4000-8000-000000000000",
        revision=1,
        status=DeadlineStatus.RUNNING,
        term=Term(fixed=due),
        start=StartRule.SIGNED_FOR,
        ledger=(LedgerEntry(kind=EntryKind.START, at=NOW, reason="term begins", actor="bench.window"),),
        default=DefaultMode.CONSENT,
        default_basis=("rule",),
    )


def fill(node: Node, first: int, count: int, due: datetime) -> None:
    """Puts deadlines under watch, many in a transaction."""
    template = watch_row(deadline(0, due), node.calendar)
    for start in range(first, first + count, 5000):
        rows = [
            replace(template, deadline=template.deadline.model_copy(update={"case_number": f"case-{number}"}))
            for number in range(start, min(start + 5000, first + count))
        ]
        with node.store.transaction() as tx:
            tx[Watches].put([replace(row, state=WatchState.RUNNING) for row in rows])


def one_round(node: Node, path: Path, first: int) -> tuple[float, float]:
    """Seconds to remind of DUE deadlines, and to merely read them."""
    moment = node.clock.now() + timedelta(hours=1)
    fill(node, first, DUE, moment)
    node.clock.step_to(moment - timedelta(minutes=20))
    database = sqlite3.connect(path / "store.db")
    micros = int(node.clock.now().timestamp() * 1e6)
    query = "SELECT * FROM watch WHERE state='running' AND next_at <= ? ORDER BY next_at LIMIT 200"
    began = time.perf_counter()
    found = database.execute(query, (micros,)).fetchall()
    floor = time.perf_counter() - began
    database.close()
    assert len(found) == DUE, len(found)
    began = time.perf_counter()
    swept = lapse.sweep(node)
    spent = time.perf_counter() - began
    assert swept.reminded == DUE, swept
    with node.store.transaction() as tx:
        for number in range(first, first + DUE):
            tx[Watches].finish(f"case-{number}", "bench.dept", 1, WatchState.CLOSED, node.clock.now())
    return spent, floor


def idle(node: Node) -> float:
    """Seconds for a sweep that finds nothing due."""
    began = time.perf_counter()
    assert lapse.sweep(node).looked_at == 0
    return time.perf_counter() - began


def main() -> None:
    """Fills, sweeps, prints."""
    sizes = arguments(__doc__, open=[10_000, 1_000_000]).open
    figures = []
    for size in sizes:
        with folder("sweep") as path:
            node = monitor(path)
            began = time.perf_counter()
            fill(node, 10_000_000, size, NOW + timedelta(days=300))
            filled = time.perf_counter() - began
            found = [one_round(node, path, 20_000_000 + turn * DUE) for turn in range(ROUNDS)]
            sweeps, floors = [s * 1000 for s, _ in found], [f * 1000 for _, f in found]
            quiet = [idle(node) * 1000 for _ in range(ROUNDS)]
            node.store.close()
            figures += [
                Figure(f"{size:,} open, {DUE} due: reminded, signed, sealed, committed", sweeps, "ms"),
                Figure(f"{size:,} open, {DUE} due: bare read", floors, "ms"),
                Figure(f"{size:,} open, none due", quiet, "ms"),
            ]
            print(f"({size:,} deadlines put under watch in {filled:.0f} s)", file=sys.stderr)
    first = figures[0].median
    figures = [Figure(f.name, f.values, f.unit, f.median / first if "reminded" in f.name else None) for f in figures]
    print(machine())
    show("Deadline sweep", figures, f"to {sizes[0]:,} open")


if __name__ == "__main__":
    main()
