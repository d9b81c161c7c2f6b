"""What was counted slowly is not counted again at once; and what is quick is always counted as it is now."""

from __future__ import annotations

from datetime import date

from exchange.approval.rules.report.groups import Report
from exchange.console.pages.figures import LastReport

YEAR = (date(2026, 1, 1), date(2026, 3, 2))
MONTH = (date(2026, 2, 1), date(2026, 2, 28))


class Counting:
    """A report that takes some seconds of a clock that stands otherwise."""

    def __init__(self, seconds: float) -> None:
        self.now, self.times, self._seconds = 100.0, 0, seconds
        self.last = LastReport(lambda: self.now)

    def report(self, days: tuple[date, date]) -> Report:
        def count() -> Report:
            self.times += 1
            self.now += self._seconds
            return Report(*days)

        return self.last.of(days, count)


def test_a_slow_report_is_kept_for_ten_times_as_long_as_it_took() -> None:
    slow = Counting(5.0)
    first = slow.report(YEAR)
    slow.now += 49.0
    assert slow.report(YEAR) is first
    slow.now += 2.0
    assert slow.report(YEAR) is not first
    assert slow.times == 2


def test_other_days_are_counted_and_take_its_place() -> None:
    slow = Counting(5.0)
    assert (slow.report(YEAR).first, slow.report(MONTH).first) == (YEAR[0], MONTH[0])
    slow.report(YEAR)
    assert slow.times == 3


def test_a_quick_report_is_never_an_old_one() -> None:
    quick = Counting(0.1)
    quick.report(YEAR)
    quick.report(YEAR)
    assert quick.times == 2
