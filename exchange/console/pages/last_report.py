"""Reports that were counted last, and the counting of others: beside the pages, one at a time, so that none waits long.

A year of a million cases takes minutes to count. A page shows what was counted last, and when; what is not counted yet
is begun, waited for as long as a small window's takes, and there the next time that somebody looks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from exchange.approval.rules.report.groups import Report
from exchange.clock import Clock, monotonic
from exchange.errors import ExchangeError, OperatorError
from exchange.machine.logger import get_logger

log = get_logger()
Days = tuple[date, date]

SLOW = 1.0
"""Seconds from which on it is worth keeping what was counted: for ten times as long as it took."""
PATIENCE = 0.7
"""Seconds that a page waits for what it has begun."""
_KEPT = 4
"""Reports of other days beside one another; the one that was counted first is forgotten first."""


@dataclass(frozen=True)
class CountedReport:
    """A report, and when its counting began."""

    report: Report
    at: datetime
    until: float
    """For how long nobody counts it again, on the machine's clock."""


@dataclass
class LastReport:
    """Counts reports and keeps the last ones. Safe to use from several threads."""

    clock: Clock
    time: Callable[[], float] = monotonic
    _found: dict[Days, CountedReport] = field(default_factory=dict)
    _trouble: dict[Days, ExchangeError] = field(default_factory=dict)
    _counting: Days | None = None
    _thread: threading.Thread | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def of(self, days: Days, count: Callable[[], Report], patience: float = PATIENCE) -> CountedReport | None:
        """Return the report of these days: as it is now where that is counted soon, else the last one; None where there
        is none yet. Raises what the counting of it has raised.
        """
        with self._turn:
            kept = self._found.get(days)
            if kept is not None and self.time() < kept.until:
                return kept
            if self._counting is None:
                self._counting = days
                self._thread = threading.Thread(target=self._count, args=(days, count), name="report", daemon=True)
                self._thread.start()
            waited_for = self._thread if self._counting == days else None
        if waited_for is not None:
            waited_for.join(patience)
        with self._turn:
            trouble = self._trouble.pop(days, None)
            if trouble is not None:
                raise trouble
            return self._found.get(days)

    def is_counting(self, days: Days) -> bool:
        """Tell whether these days are being counted now."""
        return self._counting == days

    def _count(self, days: Days, count: Callable[[], Report]) -> None:
        began, at = self.time(), self.clock.now()
        report, trouble = None, None
        try:
            report = count()
        except ExchangeError as error:
            trouble = error
        except Exception:
            log.exception("report.failed")
            trouble = OperatorError("the figures could not be counted", remedy="see the console's log")
        took = self.time() - began
        with self._turn:
            self._counting = None
            if trouble is not None:
                self._trouble[days] = trouble
            if report is not None:
                self._found.pop(days, None)
                self._found[days] = CountedReport(report, at, self.time() + (10 * took if took >= SLOW else 0.0))
                for oldest in list(self._found)[:-_KEPT]:
                    del self._found[oldest]
