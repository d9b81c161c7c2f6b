"""What the doctor compares of calendars: what is published, what members go by, and the package of holidays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from exchange.directory import Lookup
from exchange.directory.calendars import SignedCalendar, in_force
from exchange.errors import BadDirectory, ExchangeError
from exchange.language import Text
from exchange.operations.health.checkups.findings import Finding, Level
from exchange.runtime.calendars import AUTHORITYS_COPY, filed_calendar, level_calendars, refused_files
from exchange.runtime.home import open_tree
from exchange.runtime.settings import Home, Settings
from exchange.workdays import ChinaCalendar, WorkingCalendar, announced_until

CHECK = "calendar"
_NOVEMBER = 11
"""The month from which the next year is expected: it is announced by its end."""
_TAKEN_WITHIN = timedelta(minutes=1)
"""Real time within which every member that is served has taken what is published."""
_SHOWN = 5
_LOAD = "`exchange calendar load FILE`, with the State Council's announcement of the year, where the authority's key is"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class GoneBy:
    """What one member goes by."""

    calendar: str | None
    """Name and version; None where it was never served with this release."""
    served: bool


def calendar(settings: Settings) -> Iterator[Finding]:
    """Compare what is published with the authority's own copy, with other levels, the package and what is needed."""
    home, today = Home(settings.home), settings.clock.now().date()
    try:
        directory: Lookup = open_tree(home, settings)
    except ExchangeError:  # told by the check that looks at it; what nobody can verify does not count
        yield from _announced(ChinaCalendar(), today)
        return
    levels = level_calendars(home, directory)
    yield from _announced(in_force(levels), today)
    yield from _refused(home, directory)
    yield from _lost(home, directory, levels)
    yield from _levels(levels)
    yield from _package(levels, today)


def gone_by(settings: Settings, members: Mapping[str, GoneBy]) -> Iterator[Finding]:
    """Compare what members go by with what is published in this folder."""
    home = Home(settings.home)
    try:
        levels = level_calendars(home, open_tree(home, settings))
    except ExchangeError:
        return
    here = in_force(levels)
    others: dict[str, list[str]] = {}
    for address, member in members.items():
        if member.calendar is not None and member.calendar != here.version:
            others.setdefault(member.calendar, []).append(address)
    fresh = any(_just_signed(settings, one) for one in levels)
    for other, who in sorted(others.items()):
        served = any(members[address].served for address in who)
        level: Level = "bad" if served and levels and not fresh else "note"
        said = Text(
            "{who} go by {other}; in this folder it is {here}",
            {"who": ", ".join(sorted(who)), "other": other, "here": here.version},
        )
        yield Finding(level, CHECK, said, _TAKE if levels else _ONE_PACKAGE)


_TAKE = (
    "serve them (`exchange up`); where they have a host of their own, load calendars/*.cose of this folder there, and "
    "install the same version of the package chinesecalendar"
)
_ONE_PACKAGE = (
    "install one version of the package chinesecalendar everywhere, or publish the year, so that no package counts: "
    "`exchange calendar load FILE`"
)


def _announced(calendar: WorkingCalendar, today: date) -> Iterator[Finding]:
    last, coming = announced_until(calendar, today), date(today.year + 1, 12, 31)
    if last is None:
        said = Text("{year} is not announced here: every term is provisional, and no silence has a consequence",
                    {"year": today.year})  # fmt: skip
        yield Finding("bad", CHECK, said, _LOAD)
    elif today.month >= _NOVEMBER and not calendar.published(coming):
        said = Text(
            "{version}, announced until {last}: terms that reach into {year} are provisional",
            {"version": calendar.version, "last": last, "year": coming.year},
        )
        yield Finding("note", CHECK, said, _LOAD)
    else:
        said = Text("{version}, announced until {last}", {"version": calendar.version, "last": last})
        yield Finding("good", CHECK, said)


def _refused(home: Home, directory: Lookup) -> Iterator[Finding]:
    for name, error in refused_files(home, directory):
        said = Text("calendars/{name} does not count: {reason}", {"name": name, "reason": error.text})
        remedy = "copy it anew from where it was signed, and remove it here; what members have taken goes on to count"
        yield Finding("bad", CHECK, said, remedy)


def _lost(home: Home, directory: Lookup, levels: Sequence[SignedCalendar]) -> Iterator[Finding]:
    """Where the authority's key is: whether what it has signed last lies where members look."""
    try:
        signed = filed_calendar(home.authority, directory, AUTHORITYS_COPY)
    except BadDirectory as error:
        remedy = "`exchange calendar load FILE` with the newest announcement writes it anew"
        said = Text("the authority's own copy does not count: {reason}", {"reason": error.text})
        yield Finding("note", CHECK, said, remedy)
        return
    here = next((one for one in levels if one.calendar.domain == directory.domain), None)
    if signed is None or (here is not None and here.place >= signed.place):
        return
    found = {"new": signed.calendar.version, "old": here.calendar.version if here else 0}
    said = Text("the authority has signed version {new}; in calendars/ lies version {old} (0: none)", found)
    load = Text("exchange calendar load {file}", {"file": home.authority / f"{AUTHORITYS_COPY}.cose"})
    yield Finding("bad", CHECK, said, load)


def _levels(levels: Sequence[SignedCalendar]) -> Iterator[Finding]:
    """Years that two levels have published otherwise: the higher one's counts, which the lower one should know."""
    for row, upper in enumerate(levels):
        for lower in levels[row + 1 :]:
            theirs = {year.year: year for year in upper.calendar.years}
            for year in lower.calendar.years:
                above = theirs.get(year.year)
                if above is None or (above.holidays, above.makeup_days) == (year.holidays, year.makeup_days):
                    continue
                what = {"year": year.year, "lower": lower.calendar.domain, "upper": upper.calendar.domain}
                said = Text("{year}: {lower} has published other days than {upper}, whose calendar counts", what)
                yield Finding("note", CHECK, said, "compare both with the announcement; the wrong one loads it anew")


def _package(levels: Sequence[SignedCalendar], today: date) -> Iterator[Finding]:
    """What the package knows otherwise than what is published, or knows alone; past years are of no consequence."""
    package, published = ChinaCalendar(), in_force(levels)
    if not levels:
        return
    for year in (today.year, today.year + 1):
        days = list(_days(year))
        if not package.published(days[-1]):
            continue
        facts: dict[str, object] = {"package": package.version, "year": year}
        if published.announcement(year) is None:
            said = Text("{package} knows {year}, which is not published here: other hosts may go by another", facts)
            yield Finding("note", CHECK, said, _LOAD)
            continue
        other = [day for day in days if package.is_workday(day) is not published.is_workday(day)]
        if other:
            first = ", ".join(day.isoformat() for day in other[:_SHOWN]) + ("…" if len(other) > _SHOWN else "")
            said = Text("{package} says otherwise of {number} days of {year} ({first}); what is published counts",
                        facts | {"number": len(other), "first": first})  # fmt: skip
            yield Finding("note", CHECK, said, _COMPARE)


_COMPARE = (
    "`exchange calendar check FILE` with the newest announcement: load it where the year was amended; else the package "
    "is old, and of no consequence"
)


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += _DAY


def _just_signed(settings: Settings, one: SignedCalendar) -> bool:
    age = settings.clock.now() - one.calendar.issued_at
    return settings.clock.real_seconds(age) <= _TAKEN_WITHIN.total_seconds()
