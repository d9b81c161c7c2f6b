"""Announcements of a year's holidays as people write them: TOML, strictly read; every fault is told with its line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from exchange.errors import BadConfiguration
from exchange.language import Text, joined
from exchange.schemas import AnnouncedYear
from exchange.schemas.calendar import FIRST_CALENDAR_YEAR
from exchange.schemas.instants import parse_day
from exchange.tomlfile import TomlFile, read_toml

LARGEST = 65_536
"""Octets of a file with a year's holidays; the longest announcement is a twentieth of it."""
_AHEAD = 2
"""How many years ahead a year may be: the next one is announced each November."""
LONGEST = 31
"""Days from the first to the last of one holiday."""
_LISTS = ("holidays", "makeup_days")
_CORRECT = "write year, number, holidays and makeup_days as docs/deadlines.md shows them"


def read_announcement(path: Path, today: date) -> AnnouncedYear:
    """Read a year's holidays and make-up days. Raises BadConfiguration naming every fault with line and field."""
    refuse_large(path)
    file = read_toml(path)
    faults: list[Text] = []
    data = dict(file.data)
    year = data.get("year")
    if isinstance(year, int) and (fault := year_fault(year, today)):  # first: all days would be called wrong by it
        raise BadConfiguration(file.fault(("year",), fault), remedy=_CORRECT)
    for name in _LISTS:
        if isinstance(data.get(name), list):
            data[name] = [day.isoformat() for day in sorted(_days(file, name, data[name], faults))]
    if faults:
        raise BadConfiguration(joined(faults, "\n"), remedy=_CORRECT)
    return TomlFile(path, data, file.text).validated(AnnouncedYear)


def refuse_large(path: Path) -> None:
    """Raise BadConfiguration for a file that no announcement is as large as."""
    if path.is_file() and path.stat().st_size > LARGEST:
        raise BadConfiguration(
            "{path}:1: it has more than {at_most:,} bytes",
            remedy="name the file with one year's holidays",
            path=path,
            at_most=LARGEST,
        )


def year_fault(year: int, today: date) -> Text | None:
    """Return what is wrong with a year; None where it can have been announced by today."""
    last = today.year + _AHEAD
    if FIRST_CALENDAR_YEAR <= year <= last:
        return None
    return Text("{year} cannot have been announced: {first} to {last}",
                {"year": year, "first": FIRST_CALENDAR_YEAR, "last": last})  # fmt: skip


def _days(file: TomlFile, name: str, items: list[Any], faults: list[Text]) -> list[date]:
    """All days of a list, what is wrong with them among the faults."""
    found: dict[date, None] = {}
    off = set() if name == "holidays" else _holidays(file)
    for place, item in enumerate(items):
        days = _span(item)
        if isinstance(days, Text):
            faults.append(file.fault((name, place), days))
            continue
        for day in days:
            if fault := _fault(day, name, file.data.get("year"), day in found, day in off):
                faults.append(file.fault((name, place), fault))
            found[day] = None
    return list(found)


def _holidays(file: TomlFile) -> set[date]:
    listed = file.data.get("holidays")
    spans = [_span(item) for item in listed] if isinstance(listed, list) else []
    return {day for days in spans if not isinstance(days, Text) for day in days}


def _fault(day: date, name: str, year: object, again: bool, off: bool) -> Text | None:
    said = {"day": day, "year": year}
    if isinstance(year, int) and day.year != year:
        return Text("{day} is not in {year}; each year has a file of its own, also for days that another year's "
                    "announcement names", said)  # fmt: skip
    if again:
        return Text("{day} appears twice", said)
    if off:
        return Text("{day} is a holiday, too", said)
    if name == "makeup_days" and day.weekday() < 5:
        return Text("{day} is no Saturday or Sunday: it is worked anyway", said)
    return None


def _span(item: object) -> list[date] | Text:
    """The days of 2026-10-01, or of "2026-10-01/2026-10-07"; else what is wrong."""
    if isinstance(item, date) and not isinstance(item, datetime):
        return [item]
    if not isinstance(item, str):
        return Text('must be a day, as 2026-10-01, or a span, as "2026-10-01/2026-10-07"')
    first, slash, last = item.partition("/")
    try:
        ends = [parse_day(one) for one in ((first, last) if slash else (first, first))]
    except ValueError:
        return Text('must be a day, as 2026-10-01, or a span, as "2026-10-01/2026-10-07"')
    length = (ends[1] - ends[0]).days
    if not 0 <= length < LONGEST:
        return Text("a span goes from its first day to its last, over {longest} days at most", {"longest": LONGEST})
    return list(_each(ends[0], length))


def _each(first: date, length: int) -> Iterator[date]:
    for n in range(length + 1):
        yield first + timedelta(days=n)
