"""The calendar of a replay: that of the domain that is here, or the package's."""

from __future__ import annotations

from datetime import date

from exchange.runtime.calendars import read_calendars
from exchange.runtime.home import open_tree
from exchange.runtime.settings import Home, Settings
from exchange.workdays import ChinaCalendar, WorkingCalendar


class BorrowedCalendar:
    """A domain's working days without what was signed of them, which counts in no other domain."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self._calendar = calendar

    @property
    def version(self) -> str:
        return self._calendar.version

    @property
    def papers(self) -> tuple[bytes, ...]:
        return ()

    def announcement(self, year: int) -> str | None:
        return None

    def is_workday(self, day: date) -> bool:
        return self._calendar.is_workday(day)

    def published(self, day: date) -> bool:
        return self._calendar.published(day)


def calendar_here(settings: Settings) -> WorkingCalendar:
    """Return the working days by which a log is replayed here. Raises BadDirectory where the domain's is invalid."""
    home = Home(settings.home)
    if not home.directory.exists():
        return ChinaCalendar()
    return BorrowedCalendar(read_calendars(home, open_tree(home, settings)))
