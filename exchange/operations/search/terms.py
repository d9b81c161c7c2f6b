"""Terms under watch across the stores of a domain: where parts stand, and what will soon be over."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange.approval.clocks.store import CaseClocks
from exchange.approval.held import held_back
from exchange.approval.monitor.records import WatchRow
from exchange.approval.rules.deadline import project
from exchange.approval.rules.forecast import Forecast, foresee
from exchange.approval.rules.standing import BoardColumn, standing_of
from exchange.approval.rules.stops import Stop, stopped_at
from exchange.approval.window.lead_duties import term_to_decide
from exchange.approval.window.store import Cases
from exchange.operations.records.lines import PartLine
from exchange.operations.records.store import Search
from exchange.operations.search.rules import PAGE, Found, merge
from exchange.operations.search.streams import UNDATED, read_parts
from exchange.page_key import Key
from exchange.schemas import EntryKind, LedgerEntry
from exchange.store.transaction import Store, Transaction
from exchange.workdays import WorkingCalendar

_SETTLED = (None, BoardColumn.DEEMED, BoardColumn.ESCALATED)


@dataclass(frozen=True)
class Upcoming:
    """A deadline under watch that will be over soon, and what silence will come to."""

    row: WatchRow
    forecast: Forecast


def find_parts(
    windows: Mapping[str, Store],
    departments: Collection[str],
    standing: BoardColumn,
    now: datetime,
    start: Key | None = None,
) -> Found[PartLine]:
    """Find parts in that state, the earliest due first."""
    with ExitStack() as stack:
        reading = {address: stack.enter_context(store.reading()) for address, store in windows.items()}
        streams = [
            read_parts(address, tx, department, standing, now)
            for address, tx in reading.items()
            for department in departments
        ]
        return merge(streams, start, newest_first=False)


def board(
    windows: Mapping[str, Store], departments: Collection[str], now: datetime
) -> dict[str, dict[BoardColumn, int]]:
    """Count the parts in each state, by department, over all windows."""
    total: dict[str, Counter[BoardColumn]] = defaultdict(Counter)
    for store in windows.values():
        with store.reading() as tx:
            for department, numbers in tx[Search].standings(now, departments).items():
                total[department].update(numbers)
    return {department: dict(numbers) for department, numbers in sorted(total.items())}


def amendments_of(
    tx: Transaction, parts: Sequence[PartLine], number: str, window: str
) -> list[tuple[str, LedgerEntry]]:
    """Return what has happened to the terms of a case since they began, with whose each was, in the order of time.

    Those of the case itself are its window's.
    """
    ledgers = {one.department: tx[Cases].ledger(one.case_number, one.department) for one in parts}
    found = [(who, entry) for who, ledger in ledgers.items() for entry in ledger if entry.kind is not EntryKind.START]
    found += [(window, entry) for entry in tx[CaseClocks].ledger(number)]
    return sorted(found, key=lambda one: one[1].at)


def stops_of(tx: Transaction, parts: Sequence[PartLine], calendar: WorkingCalendar, now: datetime) -> dict[str, Stop]:
    """Return how clocks stand still at this moment, of parts that are still waited for, by department."""
    waited_for = [one for one in parts if standing_of(one.state, one.started_at, one.due_at, now) not in _SETTLED]
    ledgers = {one.department: tx[Cases].ledger(one.case_number, one.department) for one in waited_for}
    found = {who: stopped_at(ledger, calendar, who, now) for who, ledger in ledgers.items()}
    return {who: stop for who, stop in found.items() if stop is not None}


def due_to_decide(tx: Transaction, number: str, calendar: WorkingCalendar) -> tuple[datetime | None, bool]:
    """Return until when the lead is to decide a case, and whether that is provisional."""
    case = tx[Cases].get(number)
    return term_to_decide(tx, case, calendar) if case is not None else (None, False)


def upcoming(
    monitors: Mapping[str, Store],
    calendar: WorkingCalendar,
    now: datetime,
    within: timedelta,
    start: Key | None = None,
    page: int = PAGE,
) -> Found[Upcoming]:
    """Find terms that end within a time, the earliest first, with what silence will lead to; each deadline once."""
    found: dict[tuple[str, str], Upcoming] = {}
    for store in monitors.values():
        with store.reading() as tx:
            rows = tx[Search].due_between(now, now + within, start, page + 1)
            reminded = tx[Search].reminders({row.deadline.case_number for row in rows})
            for row in rows:
                key = (row.deadline.case_number, row.deadline.department)
                if key not in found or found[key].row.deadline.revision < row.deadline.revision:
                    sent = reminded.get(key, [])
                    projection = project(row.deadline, calendar)
                    held = held_back(tx, row.deadline, projection, now)
                    found[key] = Upcoming(row, foresee(row.deadline, projection, sent, calendar, now, held))
    ordered = sorted(found.values(), key=_upcoming_key)
    more = len(ordered) > page
    return Found(tuple(ordered[:page]), _upcoming_key(ordered[page - 1]) if more else None)


def _upcoming_key(one: Upcoming) -> Key:
    deadline = one.row.deadline
    return Key(one.row.due_at or UNDATED, "", f"{deadline.case_number} {deadline.department}")
