"""What was counted slowly is not counted again at once, what is quick is always counted as it is now; nobody waits."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from exchange.approval.rules.report.groups import Report
from exchange.clock import SteppedClock
from exchange.console.pages.last_report import LastReport
from exchange.errors import CallerError
from tests.unit.facts import at

YEAR = (date(2026, 1, 1), date(2026, 3, 2))
MONTH = (date(2026, 2, 1), date(2026, 2, 28))


class Counting:
    """A report that takes some seconds of a clock that stands otherwise."""

    def __init__(self, seconds: float) -> None:
        self.now, self.times, self._seconds = 100.0, 0, seconds
        self.last = LastReport(SteppedClock(at("03-02")), lambda: self.now)

    def report(self, days: tuple[date, date]) -> Report:
        def count() -> Report:
            self.times += 1
            self.now += self._seconds
            return Report(*days)

        found = self.last.of(days, count, patience=10.0)
        assert found is not None
        return found.report


def test_a_slow_report_is_kept_for_ten_times_as_long_as_it_took() -> None:
    slow = Counting(5.0)
    first = slow.report(YEAR)
    slow.now += 49.0
    assert slow.report(YEAR) is first
    slow.now += 2.0
    assert slow.report(YEAR) is not first
    assert slow.times == 2


def test_some_days_are_kept_beside_others_and_the_oldest_are_forgotten() -> None:
    slow = Counting(5.0)
    assert (slow.report(YEAR).first, slow.report(MONTH).first) == (YEAR[0], MONTH[0])
    slow.report(YEAR)
    assert slow.times == 2
    for day in range(3, 6):
        slow.report((YEAR[0], date(2026, 3, day)))
    slow.report(MONTH)
    assert slow.times == 5
    slow.report(YEAR)
    assert slow.times == 6


def test_a_quick_report_is_never_an_old_one() -> None:
    quick = Counting(0.1)
    quick.report(YEAR)
    quick.report(YEAR)
    assert quick.times == 2


def test_nobody_waits_for_what_takes_long_and_one_counts_at_a_time() -> None:
    begun, go_on = threading.Event(), threading.Event()
    last = LastReport(SteppedClock(at("03-02")))

    def count() -> Report:
        begun.set()
        assert go_on.wait(10)
        return Report(*YEAR)

    assert last.of(YEAR, count, patience=0.0) is None
    assert begun.wait(10)
    assert last.is_counting(YEAR)
    assert last.of(MONTH, lambda: Report(*MONTH)) is None, "one at a time"
    assert not last.is_counting(MONTH)
    go_on.set()
    found = last.of(YEAR, count, patience=10.0)
    assert found is not None
    assert (found.report.first, found.at) == (YEAR[0], at("03-02"))
    assert last.of(MONTH, lambda: Report(*MONTH), patience=10.0) is not None


def test_what_fails_is_told_to_whoever_looks_and_tried_again() -> None:
    last = LastReport(SteppedClock(at("03-02")))

    def fail() -> Report:
        raise CallerError("no such days", remedy="name others")

    for _ in range(2):
        with pytest.raises(CallerError, match="no such days"):
            last.of(YEAR, fail, patience=10.0)
    assert last.of(YEAR, lambda: Report(*YEAR), patience=10.0) is not None
