"""The term of a whole case against the plainest reckoning: day by day; and a round that looks seldom misses nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange.approval.clocks.records import ClockRow
from exchange.approval.records import CaseRow
from exchange.approval.rules.clock.dates import CaseDates, CaseLedgers, case_dates
from exchange.approval.rules.clock.reminding import first_point, look_at_points
from exchange.approval.rules.clock.watching import CaseClock, first_look, look
from exchange.approval.rules.states import CaseState
from exchange.clock import CST
from exchange.schemas import EntryKind, LedgerEntry, Matter
from exchange.workdays import ChinaCalendar, end_of_day
from tests.unit.facts import ID, matter

CALENDAR, DAY = ChinaCalendar(), timedelta(days=1)
MEMBERS = ("c.window", "c.a", "c.b")


def entry(kind: EntryKind, at: datetime, actor: str, days: int | None = None) -> LedgerEntry:
    return LedgerEntry(kind=kind, at=at, days=days, reason="r", basis=("a law",), actor=actor)


@st.composite
def histories(draw: st.DrawFn) -> tuple[datetime, list[LedgerEntry]]:
    """When a case of 2024 was accepted, and what lead and departments entered since, later and later."""
    opened = at = datetime(2024, 1, 2, 12, tzinfo=CST) + timedelta(days=draw(st.integers(0, 200)))
    entries = []
    for _ in range(draw(st.integers(0, 5))):
        at += timedelta(hours=draw(st.integers(1, 150)))
        actor, kind = draw(st.sampled_from(MEMBERS)), draw(st.sampled_from([EntryKind.STOP, EntryKind.RESUME]))
        entries.append(entry(kind, at, actor, draw(st.integers(1, 8)) if kind is EntryKind.STOP else None))
    return opened, entries


def ledgers(entries: list[LedgerEntry], until: datetime) -> CaseLedgers:
    """What is on record at a moment: the lead's entries in the case's own ledger, each department's in its own."""
    known = [one for one in entries if one.at <= until]
    by = {name: [one for one in known if one.actor == name] for name in MEMBERS}
    return CaseLedgers(by["c.window"], {name: by[name] for name in MEMBERS[1:]})


def stands(entries: list[LedgerEntry]) -> set[object]:
    """The days that do not count, each once: those after the day of a stop, so many working ones, until it ends."""
    found: set[object] = set()
    for row, one in enumerate(entries):
        if one.kind is not EntryKind.STOP:
            continue
        ended = [other for other in entries[row:] if other.kind is EntryKind.RESUME and other.actor == one.actor]
        ends = [other.at.date() for other in ended]
        day, left = (one.at - timedelta(microseconds=1)).date(), one.days or 0
        days = {day}
        while left:
            day += DAY
            left -= CALENDAR.is_workday(day)
            days.add(day)
        found |= {day for day in days if day <= min(ends, default=day)}
    return found


@given(history=histories(), days=st.integers(1, 45))
def test_the_term_is_that_of_going_through_the_days_one_by_one(
    history: tuple[datetime, list[LedgerEntry]], days: int
) -> None:
    opened, entries = history
    case, still = case_of(opened), stands(entries)
    day, left = opened.date(), days
    while left:
        day += DAY
        left -= CALENDAR.is_workday(day) and day not in still
    found = case_dates(case, matter(decision_days=days), ledgers(entries, datetime.max.replace(tzinfo=CST)), CALENDAR)
    assert found.decide_by == end_of_day(day)
    assert not found.provisional


@given(history=histories(), days=st.integers(1, 45), promised=st.integers(1, 45))
def test_what_is_looked_at_only_now_and_then_is_told_with_the_moment_at_which_it_is_over(
    history: tuple[datetime, list[LedgerEntry]], days: int, promised: int
) -> None:
    opened, entries = history
    case, what = case_of(opened), matter(decision_days=days, promised_days=min(days, promised))
    last = case_dates(case, what, ledgers(entries, datetime.max.replace(tzinfo=CST)), CALENDAR)
    record, now = ClockRow("C-1"), first_look(case, what)
    told: dict[CaseClock, datetime] = {}
    assert now <= min(last.decide_by, last.promised_by or last.decide_by)
    while CaseClock.DECISION not in told:
        moment = now + timedelta(microseconds=1)  # a round comes a little later than it is due
        dates = case_dates(case, what, ledgers(entries, moment), CALENDAR)
        seen = look(case, what, dates, record, moment, CALENDAR)
        for clock in seen.over:
            told[clock] = now
        marks = {CaseClock.DECISION: "overrun_at", CaseClock.PROMISE: "promise_over_at"}
        record = ClockRow("C-1", **{marks[clock]: at for clock, at in told.items()})
        assert seen.again is not None
        assert seen.again > moment
        now = seen.again
    due = case_dates(case, what, ledgers(entries, told[CaseClock.DECISION]), CALENDAR)
    assert told[CaseClock.DECISION] == due.decide_by, "at the very midnight, by what was known then"


@given(history=histories(), days=st.integers(1, 45), hours=st.lists(st.integers(0, 40), min_size=1, max_size=5))
def test_the_lead_is_reminded_of_each_share_of_an_end_at_most_once_on_working_days_after_it_has_passed(
    history: tuple[datetime, list[LedgerEntry]], days: int, hours: list[int]
) -> None:
    opened, entries = history
    case, what, record = case_of(opened), matter(decision_days=days), ClockRow("C-1")
    told: list[tuple[int, datetime]] = []
    now, turn = first_point(case, what), 0
    assert (
        look_at_points(case, what, dates_at(case, what, entries, opened), record, now - DAY / 48, CALENDAR).point
        is None
    )
    while True:
        now += timedelta(hours=hours[turn % len(hours)])  # a round comes when it comes
        dates = dates_at(case, what, entries, now)
        seen, turn = look_at_points(case, what, dates, record, now, CALENDAR), turn + 1
        if now > dates.decide_by:
            break
        if seen.point is not None:
            stage = seen.point.stage
            assert CALENDAR.is_workday(now.date())
            assert counted(dates, case, now) * 100 >= stage * counted(dates, case, dates.decide_by - DAY)
            assert (stage, dates.decide_by) not in told
            told.append((stage, dates.decide_by))
            record = ClockRow("C-1", reminded_at=now, reminded_stage=stage, reminded_due_at=dates.decide_by)
            assert look_at_points(case, what, dates, record, now, CALENDAR).point is None, "once, however often"
        assert seen.again is not None
        assert seen.again > now
        now = seen.again
    if max(hours) == 0:
        last = dates_at(case, what, entries, now)
        assert any(due == last.decide_by for _, due in told), "who looks in time is reminded of the end"


def dates_at(case: CaseRow, what: Matter, entries: list[LedgerEntry], now: datetime) -> CaseDates:
    return case_dates(case, what, ledgers(entries, now), CALENDAR)


def counted(dates: CaseDates, case: CaseRow, until: datetime) -> int:
    """The working days of the term up to and including a day, going through them one by one."""
    stood = [(pause.since, pause.until) for pause in dates.stood if pause.until is not None]
    day, found = case.opened_at.date(), 0
    while (day := day + DAY) <= until.date():
        found += CALENDAR.is_workday(day) and not any(since <= day <= last for since, last in stood)
    return found


def case_of(opened: datetime) -> CaseRow:
    return CaseRow("C-1", "works", "1", CaseState.OPEN, 1, b"{}", "a", "p", ID, opened)
