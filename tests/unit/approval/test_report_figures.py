"""Days as they are counted, and what follows of them: percentiles, the longest way, the terms of 2006."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import pytest

from exchange.approval.records import PartRow
from exchange.approval.rules.report.cases import CaseFigures, DecidedCase
from exchange.approval.rules.report.day_counts import DayCounts
from exchange.approval.rules.report.duties import DutyFigures
from exchange.approval.rules.report.groups import FigureKey, Report, ReportBy, month_of
from exchange.approval.rules.report.used import PartWay, days_used, longest_way, saved_in_parallel
from exchange.approval.rules.states import PartState
from exchange.approval.rules.stops import StoppedDays
from exchange.clock import CST
from exchange.schemas import EntryKind, LedgerEntry
from exchange.workdays import ChinaCalendar

CALENDAR = ChinaCalendar()


def at(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(f"2026-{day}").replace(hour=hour, tzinfo=CST)


def counts(*days: int) -> DayCounts:
    found = DayCounts()
    for one in days:
        found.add(one)
    return found


@pytest.mark.parametrize(
    ("days", "median", "nine_of_ten"),
    [
        ((7,), 7, 7),
        ((1, 2), 1, 2),
        ((3, 1, 2), 2, 3),
        ((4, 1, 3, 2), 2, 4),
        (tuple(range(1, 11)), 5, 9),
        (tuple(range(1, 12)), 6, 10),
        ((0, 0, 0, 0, 0, 0, 0, 0, 0, 30), 0, 0),
    ],
)
def test_percentiles_are_by_the_nearest_rank(days: tuple[int, ...], median: int, nine_of_ten: int) -> None:
    assert (counts(*days).within(50), counts(*days).within(90)) == (median, nine_of_ten)


def test_an_empty_set_gives_no_figure() -> None:
    assert (DayCounts().mean, DayCounts().within(50), DayCounts().within(100)) == (None, None, None)
    assert (CaseFigures().share_in_time, CaseFigures().hours_faster) == (None, None)
    assert Report(date(2026, 3, 1), date(2026, 3, 31)).total == CaseFigures()
    with pytest.raises(ValueError, match="percentile"):
        counts(1).within(0)


ANSWERED = PartRow(
    "C-1", "c.fire", 1, PartState.ANSWERED,
    issued_at=at("03-02"), started_at=at("03-03"), due_at=at("03-11", 0), answered_at=at("03-10"),
)  # fmt: skip


def test_a_department_used_the_working_days_after_its_term_began() -> None:
    assert days_used(ANSWERED, (), CALENDAR) == 5
    assert days_used(replace(ANSWERED, started_at=None), (), CALENDAR) == 6, "it answered and never signed"
    assert days_used(replace(ANSWERED, answered_at=at("03-03", 11)), (), CALENDAR) == 0
    assert days_used(replace(ANSWERED, state=PartState.DEEMED), (), CALENDAR) == 5, "due at 24:00 of the tenth"
    for none in (PartState.MOOT, PartState.SIGNED, PartState.ESCALATED):
        assert days_used(replace(ANSWERED, state=none), (), CALENDAR) is None


def test_days_on_which_the_clock_stood_are_not_used() -> None:
    def entry(kind: EntryKind, day: str, days: int | None = None) -> LedgerEntry:
        return LedgerEntry(
            kind=kind, at=at(day), days=days, reason="专家评审", actor="c.fire", basis=("行政许可法第四十五条",)
        )

    stopped = (entry(EntryKind.START, "03-03"), entry(EntryKind.STOP, "03-05", 2))
    assert days_used(ANSWERED, stopped, CALENDAR) == 2, "the fifth, the sixth and the ninth do not count"


def test_the_longest_way_goes_through_every_stage_and_every_chain_of_waiting() -> None:
    parts = {
        "a": PartWay(5, 1), "b": PartWay(3, 1), "c": PartWay(4, 1, ("b",)),
        "d": PartWay(2, 2), "e": PartWay(1, 2, ("nobody", "a")),
    }  # fmt: skip
    assert longest_way(parts) == 7 + 2
    assert saved_in_parallel(parts) == 15 - 9
    assert (longest_way({}), saved_in_parallel({})) == (0, 0)
    assert saved_in_parallel({"a": PartWay(5, 1)}) == 0
    assert longest_way({"a": PartWay(2, 1, ("b",)), "b": PartWay(3, 1, ("a",))}) == 5, "a circle ends"


CASE = DecidedCase(
    began=at("03-02"), decided_at=at("03-09"), statutory_days=45,
    stood=(StoppedDays(date(2026, 3, 4), date(2026, 3, 5)),),
    ways={"a": PartWay(2, 1), "b": PartWay(3, 1)}, consents=1, promised=True,
)  # fmt: skip


def test_cases_are_counted_in_the_terms_of_2006() -> None:
    figures = CaseFigures()
    figures.count(CASE, CALENDAR)
    late = replace(CASE, decided_at=at("03-16"), overrun=True, promise_over=True, unexplained=True, ways={}, consents=0)
    figures.count(late, CALENDAR)
    assert (figures.decided, figures.days.mean, figures.deemed_consents) == (2, Fraction(15, 2), 1)
    assert figures.hours_faster == Fraction(2 * 8, 2)
    assert (figures.saved_in_parallel, figures.saved_by_law) == (2, 45 - 3 + 45 - 8)
    assert (figures.in_time, figures.promise_kept, figures.no_reasons) == (1, 1, 1)
    assert figures.share_in_time == Fraction(1, 2)


def test_a_report_joins_its_figures_by_what_is_asked_for() -> None:
    report = Report(date(2026, 3, 1), date(2026, 4, 30))
    for month, matter, department in (
        ("2026-03", "works", "c.fire"), ("2026-04", "works", "c.fire"), ("2026-04", "stall", "c.urban"),
    ):  # fmt: skip
        report.duties[FigureKey(month, matter, department)].join(DutyFigures(asked=2))
        report.cases[FigureKey(month, matter)].decided += 1
    asked = {by: {key: one.asked for key, one in report.duties_by(by).items()} for by in ReportBy}
    assert asked == {
        ReportBy.DEPARTMENT: {FigureKey(department="c.fire"): 4, FigureKey(department="c.urban"): 2},
        ReportBy.MATTER: {FigureKey(matter="stall"): 2, FigureKey(matter="works"): 4},
        ReportBy.MONTH: {FigureKey("2026-03"): 2, FigureKey("2026-04"): 4},
    }
    assert {key: one.decided for key, one in report.cases_by(ReportBy.DEPARTMENT).items()} == {FigureKey(): 3}
    assert report.total.decided == 3
    assert [len(report.duties_by(None)), len(report.cases)] == [1, 3]


def test_a_month_is_that_of_china() -> None:
    assert month_of(datetime.fromisoformat("2026-03-31T16:30:00+00:00")) == "2026-04"
