"""(l) A window's report over a year of cases, and what it tells its portals of each matter: processor time and memory.

Cases of the example city's matters, one part in ten with a stopped clock, decided within thirty days; on SQLite.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import exchange.departments
from benchmarks.measure import Figure, arguments, folder, machine, show
from exchange.approval.clocks.store import CaseClocks
from exchange.approval.figures.counting import report_of
from exchange.approval.figures.store import FigureFacts
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.deadlines import matter_key
from exchange.approval.window.store import Cases
from exchange.clock import CST
from exchange.runtime.catalogue import load_catalogue
from exchange.runtime.logs import configure
from exchange.schemas import EntryKind, Matter, Verdict
from exchange.store import Store, open_store
from exchange.store.transaction import Transaction
from exchange.workdays import ChinaCalendar
from tests.contract.rows import case_row, ledger_entry, part_row

NOW = datetime(2026, 11, 1, 9, tzinfo=CST)
YEAR, DAY = timedelta(days=365), timedelta(days=1)
_BATCH = 1_000


def fill(store: Store, cases: int, matters: dict[str, Matter]) -> None:
    """Cases as they came in since January, and their matters."""
    chance = random.Random(1)
    with store.transaction() as tx:
        for matter in matters.values():
            tx.set_meta(matter_key(matter.code, matter.version), matter.model_dump_json())
    for first in range(0, cases, _BATCH):
        with store.transaction() as tx:
            for number in range(first, min(first + _BATCH, cases)):
                keep(tx, chance, f"C-{number:06}", chance.choice(list(matters.values())))


def keep(tx: Transaction, chance: random.Random, number: str, matter: Matter) -> None:
    """One case that was decided."""
    at = NOW - 290 * DAY * chance.random()
    departments = [one.department for one in matter.approvers]
    row = case_row(
        number, matter=matter.code, matter_version=matter.version, opened_at=at, outcome="grant",
        decided_at=at + DAY + 30 * DAY * chance.random(), state=CaseState.DECIDED,
    )  # fmt: skip
    tx[Cases].open(row, [part(chance, number, department, at) for department in departments])
    tx[CaseClocks].begin(number, at)
    for department in departments:
        entries = [ledger_entry(EntryKind.START, at)]
        if chance.random() < 0.1:
            entries.append(ledger_entry(EntryKind.STOP, at + 2 * DAY, days=3, basis=("article 45",)))
        tx[Cases].add_entries(number, department, entries)


def part(chance: random.Random, number: str, department: str, at: datetime) -> object:
    """A part that was answered within its term, or deemed at its end."""
    answered, due = at + 12 * DAY * chance.random(), at + 10 * DAY
    begun = {"issued_at": at, "signed_at": at, "started_at": at, "due_at": due}
    if answered <= due:
        return part_row(
            department, number, state=PartState.ANSWERED, answered_at=answered, verdict=Verdict.AGREE, **begun
        )
    late = answered + 20 * DAY if chance.random() < 0.5 else None
    return part_row(
        department, number, state=PartState.DEEMED, deemed_at=due, paper_by=due + DAY, late_at=late, **begun
    )


def main() -> None:
    """Fills, counts, prints."""
    given = arguments(__doc__, cases=30_000, rounds=3)
    configure(quiet=True)
    print(machine())
    catalogue = load_catalogue(Path(exchange.departments.__file__ or "").parent / "catalogue")
    calendar = ChinaCalendar()

    def seconds(store: Store, work: Callable[[Transaction], object]) -> float:
        began = time.process_time()
        with store.reading() as tx:
            work(tx)
        return time.process_time() - began

    with folder("report") as scratch:
        store = open_store(f"sqlite:///{scratch / 'store.db'}", member="c.window")
        store.migrate()
        fill(store, given.cases, catalogue)
        works: dict[str, Callable[[Transaction], object]] = {
            "report": lambda tx: report_of(tx, NOW, calendar, NOW.date().replace(month=1, day=1), NOW.date()),
            "figures for the public": lambda tx: (
                tx[FigureFacts].spans_between(NOW - YEAR, NOW), tx[FigureFacts].answers_between(NOW - YEAR, NOW),
            ),
        }  # fmt: skip
        figures = [
            Figure(f"{name}, processor time", [seconds(store, work) for _ in range(given.rounds)], "s")
            for name, work in works.items()
        ]
        store.close()
    show(f"Figures of {given.cases:,} cases", figures)
    print(f"\nmemory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")


if __name__ == "__main__":
    main()
