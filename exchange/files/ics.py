"""Holiday calendars as people subscribe to them (ics, RFC 5545): whole days marked 休 or 班, of one year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from icalendar import Calendar, Event
from pydantic import ValidationError

from exchange.errors import BadConfiguration
from exchange.files.announcements import LONGEST, year_fault
from exchange.language import Text, joined
from exchange.machine.textfile import read_text
from exchange.schemas import AnnouncedYear
from exchange.tomlfile import faults_of

LARGEST_ICS = 1_000_000
"""Octets of such a file; one with the holidays of twenty years has a tenth of it."""
_MOST_FAULTS = 20
_CORRECT = "correct the calendar, or write the year as TOML: docs/deadlines.md shows how"
_SPECIAL_DAY = "X-APPLE-SPECIAL-DAY"
_SPECIAL = {"WORK-HOLIDAY": "休", "ALTERNATE-WORKDAY": "班"}
_OF_DAYS = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "STATUS", "SUMMARY", _SPECIAL_DAY})
_SWAPPED = "调休"
"""Says that days are swapped, and not which way."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class IcsYear:
    """A year as an ics says it."""

    year: AnnouncedYear
    left_out: tuple[str, ...]
    """Titles of that year's events that bear neither mark, in order: festivals on which people work, as a rule."""


def read_ics(path: Path, year: int, number: str, announced_on: date | None, today: date) -> IcsYear:
    """Read the days of a year; those of other years in the same file are passed over.

    Raises BadConfiguration naming every fault with its line: what is no ics; an event of that year that bears both
    marks, has no whole days, or is repeated by a rule; a day with both marks; a 班 from Monday to Friday; no 休 at all.
    """
    if fault := year_fault(year, today):
        raise BadConfiguration(Text("--year: {fault}", {"fault": fault}), remedy="name the year of the announcement")
    text = read_text(path, LARGEST_ICS, "ics")
    reading = _Reading(path, year)
    lines = list(_lines(text))
    events = [one for one in _parsed(path, text).walk("VEVENT") if isinstance(one, Event)]
    for place, event in enumerate(events):
        reading.take(lines[place] if len(lines) == len(events) else 1, event)
    reading.close()
    try:
        found = AnnouncedYear(
            year=year,
            number=number,
            announced_on=announced_on,
            holidays=tuple(sorted(reading.days["休"])),
            makeup_days=tuple(sorted(reading.days["班"])),
        )
    except ValidationError as error:
        whats = [
            ({"path": path, "field": ".".join(map(str, place)), "fault": what}) for place, what in faults_of(error)
        ]
        faults = [Text("{path}:1: {field}: {fault}", what) for what in whats]
        raise BadConfiguration(joined(faults, "\n"), remedy=_CORRECT) from error
    return IcsYear(found, tuple(reading.left_out))


class _Reading:
    """What was found so far: days by their mark, each with the line of its event, and what is wrong."""

    def __init__(self, path: Path, year: int) -> None:
        self._path, self._year = path, year
        self.days: dict[str, dict[date, int]] = {"休": {}, "班": {}}
        self.left_out: list[str] = []
        self._faults: list[Text] = []

    def take(self, line: int, event: Event) -> None:
        title = str(event.get("SUMMARY", "")).strip()
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            return
        days = _days(event)
        within = [day for day in days if day.year == self._year] if not isinstance(days, Text) else []
        if not isinstance(days, Text) and not within:
            return
        mark = _mark(title, str(event.get(_SPECIAL_DAY, "")).upper())
        if mark is None:
            self.left_out += [title] if within else []
        elif isinstance(mark, Text):
            self._fault(line, title, mark)
        elif isinstance(days, Text):
            self._fault(line, title, days)
        elif broken := _unread(event):
            self._fault(line, title, Text("cannot be read: {what}", {"what": broken}))
        elif any(event.get(name) is not None for name in ("RRULE", "RDATE", "EXDATE")):
            self._fault(line, title, Text("is repeated by a rule (RRULE, RDATE): each holiday must stand there itself"))
        else:
            self._keep(line, title, mark, within)

    def _keep(self, line: int, title: str, mark: str, days: list[date]) -> None:
        other = self.days["班" if mark == "休" else "休"]
        for day in days:
            if day in other:
                what = {"day": day, "line": other[day]}
                self._fault(line, title, Text("{day} is marked 休 and 班, see line {line}", what))
            elif mark == "班" and day.weekday() < 5:
                self._fault(line, title, Text("{day} is no Saturday or Sunday: it is worked anyway", {"day": day}))
            self.days[mark][day] = line

    def _fault(self, line: int, title: str, what: Text) -> None:
        where = f"{self._path}:{line}: {title[:40]}: "
        self._faults.append(Text("{where}{fault}", {"where": where, "fault": what}))

    def close(self) -> None:
        """Raise BadConfiguration where anything is wrong."""
        if not self._faults and not self.days["休"]:
            what = {"path": self._path, "year": self._year}
            self._faults.append(Text("{path}:1: no event of {year} is marked 休", what))
        if self._faults:
            raise BadConfiguration(joined(self._faults[:_MOST_FAULTS], "\n"), remedy=_CORRECT)


def _parsed(path: Path, text: str) -> Calendar:
    try:
        found = Calendar.from_ical(text)
    except (ValueError, IndexError, KeyError) as error:
        line, what = _broken_line(text, str(error)), str(error).partition("\n")[0][:200]
        raise BadConfiguration(
            "{path}:{line}: this is no ics: {error}", remedy=_CORRECT, path=path, line=line, error=what
        ) from error
    if not isinstance(found, Calendar):
        raise BadConfiguration("{path}:1: this is no ics: it has no VCALENDAR", remedy=_CORRECT, path=path)
    return found


def _broken_line(text: str, error: str) -> int:
    """The line that an error cites, or the first."""
    lines = text.split("\n")
    return next((row for row, line in enumerate(lines, 1) if line.strip() and f"'{line.strip()}'" in error), 1)


def _lines(text: str) -> Iterator[int]:
    """The line on which each event begins."""
    for row, line in enumerate(text.split("\n"), 1):
        if line.strip().upper() == "BEGIN:VEVENT":
            yield row


def _mark(title: str, special: str) -> str | Text | None:
    """休 or 班, as title or property say; None for neither, or what is wrong where that is not clear."""
    if special in _SPECIAL:
        return _SPECIAL[special]
    plain = title.replace(_SWAPPED, "")
    off, worked = "休" in plain or "放假" in plain, "班" in plain
    if off and worked:
        return Text("is marked 休 and 班: one event, one mark")
    if off or worked:
        return "休" if off else "班"
    return Text("调休 says that days are swapped, not which way: mark it 休 or 班") if title != plain else None


def _unread(event: Event) -> str:
    """What the event says that cannot be read and could change its days or its mark; empty for nothing."""
    found = (f"{name or ''} {why}".strip() for name, why in event.errors if name is None or name in _OF_DAYS)
    return next(found, "")[:200]


def _days(event: Event) -> list[date] | Text:
    """The days of an event; else what is wrong."""
    try:
        first, end = event.start, event.end
    except ValueError:
        return Text("DTSTART or DTEND is missing, or no day: a whole day is DTSTART;VALUE=DATE:20261001")
    if isinstance(first, datetime) or isinstance(end, datetime):
        return Text("is no whole day: a whole day is DTSTART;VALUE=DATE:20261001")
    length = (end - first).days
    if not 0 < length <= LONGEST:
        return Text("DTEND is the day after the last one, {longest} days after DTSTART at most", {"longest": LONGEST})
    return [first + n * _DAY for n in range(length)]
