"""The due moment against the plainest reckoning: going through the days one by one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange.approval.rules.deadline import project
from exchange.clock import CST
from exchange.schemas import DeadlineState, DeadlineStatus, DefaultMode, EntryKind, LedgerEntry, StartRule, Term
from exchange.workdays import ChinaCalendar, end_of_day
from tests.property.seat import CONSULTATION

CALENDAR = ChinaCalendar()
DAY = timedelta(days=1)


@st.composite
def ledgers(draw: st.DrawFn) -> list[LedgerEntry]:
    """A start, then stops and resumptions by window and department, extensions and restarts, later and later, in 2024
    and 2025.
    """
    at = datetime(2024, 1, 1, 12, tzinfo=CST) + timedelta(days=draw(st.integers(0, 500)))
    entries = [entry(EntryKind.START, at)]
    for _ in range(draw(st.integers(0, 5))):
        at += timedelta(hours=draw(st.integers(0, 200)))
        kind = draw(
            st.sampled_from([EntryKind.STOP, EntryKind.STOP, EntryKind.RESUME, EntryKind.EXTEND, EntryKind.RESTART])
        )
        days = None
        if kind is EntryKind.EXTEND or (kind is EntryKind.STOP and draw(st.booleans())):
            days = draw(st.integers(1, 8))
        ordered = (
            draw(st.sampled_from(["c.window", "c.a"])) if kind in (EntryKind.STOP, EntryKind.RESUME) else "c.window"
        )
        entries.append(entry(kind, at, days, ordered))
    return entries


def entry(kind: EntryKind, at: datetime, days: int | None = None, actor: str = "c.window") -> LedgerEntry:
    """An entry, by the window unless the department has ordered it."""
    return LedgerEntry(kind=kind, at=at, days=days, reason="r", basis=("a law",), actor=actor)


def state(ledger: list[LedgerEntry], days: int) -> DeadlineState:
    """A deadline with that ledger."""
    return DeadlineState(
        case_number="C-1",
        matter="works",
        matter_version="1",
        department="c.a",
        lead="c.window",
        consultation_id=CONSULTATION,
        revision=1,
        status=DeadlineStatus.RUNNING,
        term=Term(days=days),
        start=StartRule.SIGNED_FOR,
        ledger=tuple(ledger),
        default=DefaultMode.NONE,
    )


def counted(ledger: list[LedgerEntry], budget: int) -> datetime | None:
    """Goes through the days: one that is a workday, behind the start and in no stop uses the budget up by one."""
    budget += sum(e.days or 0 for e in ledger if e.kind is EntryKind.EXTEND)
    first = max(row for row, e in enumerate(ledger) if e.kind in (EntryKind.START, EntryKind.RESTART))
    stops = [stopped(ledger[row:]) for row in range(first, len(ledger)) if ledger[row].kind is EntryKind.STOP]
    if any(last is None for _, last in stops):
        return None
    day = ledger[first].at.date()
    while budget:
        day += DAY
        budget -= CALENDAR.is_workday(day) and not any(
            since <= day <= last for since, last in stops if last is not None
        )
    return end_of_day(day)


def stopped(ledger: list[LedgerEntry]) -> tuple[date, date | None]:
    """The first and the last day of the stop that a ledger begins with; None while it lasts."""
    at = ledger[0].at
    since = (at - timedelta(microseconds=1)).date()
    last = since if ledger[0].days else None
    for _ in range(ledger[0].days or 0):
        assert last is not None
        last += DAY
        while not CALENDAR.is_workday(last):
            last += DAY
    own = ledger[0].actor == "c.a"
    resumed = [e.at.date() for e in ledger if e.kind is EntryKind.RESUME and (own or e.actor != "c.a")]
    ends = [day for day in (last, *resumed[:1]) if day is not None]
    return since, min(ends, default=None)


@given(ledgers(), st.integers(1, 20))
def test_the_due_moment_is_that_of_counting_day_by_day(ledger: list[LedgerEntry], days: int) -> None:
    assert project(state(ledger, days), CALENDAR).due_at == counted(ledger, days)


@given(ledgers(), st.integers(1, 20))
def test_entries_only_ever_move_the_end_behind_the_start(ledger: list[LedgerEntry], days: int) -> None:
    projection = project(state(ledger, days), CALENDAR)
    assert projection.started_at is not None
    assert projection.stopped is (projection.due_at is None)
    assert projection.due_at is None or projection.started_at < projection.due_at


@given(st.integers(0, 700), st.integers(1, 30), st.integers(1, 30))
def test_a_longer_term_never_ends_earlier(offset: int, days: int, more: int) -> None:
    ledger = [entry(EntryKind.START, datetime(2024, 1, 1, 9, tzinfo=CST) + timedelta(days=offset))]
    shorter, longer = (project(state(ledger, n), CALENDAR).due_at for n in (days, days + more))
    assert shorter is not None
    assert longer is not None
    assert shorter < longer
