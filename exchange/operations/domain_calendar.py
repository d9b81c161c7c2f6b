"""The calendar of working days that counts in a domain, by its folder: for boards, lists and lights."""

from __future__ import annotations

from exchange.errors import ExchangeError
from exchange.runtime.calendars import Mark, mark_of, read_calendars
from exchange.runtime.home import open_tree
from exchange.runtime.settings import Home, Settings
from exchange.workdays import ChinaCalendar, WorkingCalendar


class DomainCalendar:
    """Reads what is published anew when it has changed; cheap while it has not. Safe from any thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._read: tuple[tuple[object, ...], WorkingCalendar] | None = None

    def now(self) -> WorkingCalendar:
        """Return the calendar that counts.

        While the directory cannot be verified it is what was read last, or the package of holidays: figures are wanted
        then, too.
        """
        stamp, last = self._stamp(), self._read
        if last is not None and last[0] == stamp:
            return last[1]
        home = Home(self._settings.home)
        try:
            found = read_calendars(home, open_tree(home, self._settings))
        except (ExchangeError, OSError):
            return last[1] if last is not None else ChinaCalendar()
        self._read = stamp, found
        return found

    def _stamp(self) -> tuple[object, ...]:
        home = Home(self._settings.home)
        files: Mark = mark_of(home.calendars)
        return files, *(path.stat().st_mtime_ns for path in (home.directory, home.tree) if path.exists())


def domain_calendar(settings: Settings) -> WorkingCalendar:
    """Return the calendar that counts in a domain, for what looks once."""
    return DomainCalendar(settings).now()
