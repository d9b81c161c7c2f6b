"""The due moment against the plainest reckoning: going through the days one by one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange.approval.rules.deadline import project
from exchange.clock import CST
from exchange.schemas import (
    AnnouncedYear,
    DeadlineState,
    DeadlineStatus,
    DefaultMode,
    EntryKind,
    LedgerEntry,
    StartRule,
    Term,
)
from exchange.workdays import CalendarLayer, ChinaCalendar, PublishedCalendar, WorkingCalendar, end_of_day
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


def counted(ledger: list[LedgerEntry], budget: int, calendar: WorkingCalendar = CALENDAR) -> datetime | None:
    """Goes through the days: one that is a workday, behind the start and in no stop uses the budget up by one."""
    budget += sum(e.days or 0 for e in ledger if e.kind is EntryKind.EXTEND)
    first = max(row for row, e in enumerate(ledger) if e.kind in (EntryKind.START, EntryKind.RESTART))
    stops = [stopped(ledger[row:], calendar) for row in range(first, len(ledger)) if ledger[row].kind is EntryKind.STOP]
    if any(last is None for _, last in stops):
        return None
    day = ledger[first].at.date()
    while budget:
        day += DAY
        budget -= calendar.is_workday(day) and not any(
            since <= day <= last for since, last in stops if last is not None
        )
    return end_of_day(day)


def stopped(ledger: list[LedgerEntry], calendar: WorkingCalendar = CALENDAR) -> tuple[date, date | None]:
    """The first and the last day of the stop that a ledger begins with; None while it lasts."""
    at = ledger[0].at
    since = (at - timedelta(microseconds=1)).date()
    last = since if ledger[0].days else None
    for _ in range(ledger[0].days or 0):
        assert last is not None
        last += DAY
        while not calendar.is_workday(last):
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


@st.composite
def announced(draw: st.DrawFn) -> PublishedCalendar:
    """Holidays and make-up days of 2024, 2025 and 2026 as nobody has announced them yet."""
    years = []
    for year in (2024, 2025, 2026):
        days = [date(year, 1, 1) + n * DAY for n in draw(st.sets(st.integers(0, 364), min_size=1, max_size=50))]
        offs = sorted(day for day in days if day.weekday() < 5) or [date(year, 10, 1)]
        made_up = sorted(day for day in days if day.weekday() >= 5)
        years.append(
            AnnouncedYear(year=year, number="国办发明电", holidays=tuple(offs), makeup_days=tuple(made_up[:30]))
        )
    return PublishedCalendar([CalendarLayer("c", 1, tuple(years), repr(years).encode())])


@given(ledgers(), st.integers(1, 20), announced())
def test_by_a_published_calendar_it_is_that_of_counting_day_by_day(
    ledger: list[LedgerEntry], days: int, calendar: PublishedCalendar
) -> None:
    assert project(state(ledger, days), calendar).due_at == counted(ledger, days, calendar)


@given(ledgers(), st.integers(1, 20), st.lists(announced(), min_size=1, max_size=4))
def test_no_calendar_ends_a_term_before_the_moment_that_was_told_last(
    ledger: list[LedgerEntry], days: int, calendars: list[PublishedCalendar]
) -> None:
    """Told as the window does: with each entry by the calendar of then, and anew when another one comes."""
    written: list[LedgerEntry] = []
    told: datetime | None = None
    for row, happened in enumerate(ledger):
        calendar = calendars[row % len(calendars)]
        due_at = project(state([*written, happened], days), calendar).due_at
        written.append(happened.model_copy(update={"told": due_at}))
        told = due_at
    for calendar in calendars:
        due_at = project(state(written, days), calendar).due_at
        bare = counted(ledger, days, calendar)
        assert due_at == (None if bare is None else max(bare, told or bare))
        again = entry(EntryKind.REPROJECT, ledger[-1].at).model_copy(update={"told": due_at})
        written.append(again)
        told = due_at


def test_a_resumption_that_tells_nothing_lifts_what_was_told_before() -> None:
    """Ledgers of former releases tell nothing; an announced stop that ends early shortens a term by law."""
    began, stop = (
        entry(EntryKind.START, datetime(2024, 3, 4, 9, tzinfo=CST)),
        entry(EntryKind.STOP, datetime(2024, 3, 5, 9, tzinfo=CST), 20),
    )
    resumed = entry(EntryKind.RESUME, datetime(2024, 3, 7, 9, tzinfo=CST))
    late = end_of_day(date(2024, 4, 10))
    ledger = [began, stop.model_copy(update={"told": late})]
    assert project(state(ledger, 5), CALENDAR).due_at == late
    assert project(state([*ledger, resumed], 5), CALENDAR).due_at == counted([began, stop, resumed], 5)
