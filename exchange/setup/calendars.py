"""Publish the calendar of working days: what only the domain's authority can do, and taking what another has signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.directory import Authority, Lookup
from exchange.directory.calendars import SignedCalendar, ancestry, read_calendar, sign_calendar
from exchange.errors import BadDirectory, Conflict, NoDomain
from exchange.runtime.calendars import AUTHORITYS_COPY, filed_calendar, keep_file, level_calendars
from exchange.runtime.home import open_directory, open_tree
from exchange.runtime.settings import Home, Settings
from exchange.schemas import MAX_YEARS, AnnouncedYear, Calendar
from exchange.setup.certify import Say, open_registry


@dataclass(frozen=True)
class Loaded:
    """What became of a calendar that was loaded."""

    calendar: Calendar
    changed: bool
    """False where it said the same before."""
    higher: tuple[str, ...] = ()
    """Levels above that have published the same year: theirs counts."""


def publish_year(settings: Settings, year: AnnouncedYear, say: Say) -> Loaded:
    """Publish a year under the next version of the domain's calendar; nothing where it is published so.

    Raises Conflict for an announcement that is older than the one it would replace; BadKeys without the authority's
    key; BadDirectory.
    """
    home = Home(settings.home)
    with open_registry(settings, say) as registry:
        if registry.present is None:
            raise NoDomain("no domain here: {home}", home=home.root)
        directory = open_tree(home, settings)
        present = _present(home, directory)
        years = {one.year: one for one in present.calendar.years} if present else {}
        before = years.get(year.year)
        higher = _higher(home, directory, year.year)
        if present is not None and before == year:
            _keep(home, present)
            return Loaded(present.calendar, False, higher)
        _refuse_older(year, before)
        kept = sorted((years | {year.year: year}).values(), key=lambda one: one.year)[-MAX_YEARS:]
        made = _signed(registry.authority(), kept, present, settings)
        _keep(home, read_calendar(made, directory))
        return Loaded(read_calendar(made, directory).calendar, True, higher)


def publish_again(settings: Settings, authority: Authority) -> None:
    """Sign the calendar anew, as another authority of the same domain: by the one before it nothing new is believed."""
    home = Home(settings.home)
    directory = open_directory(home, settings)
    present = _present(home, directory)
    if present is not None:
        _keep(home, read_calendar(_signed(authority, present.calendar.years, present, settings), directory))


def take_signed(settings: Settings, data: bytes) -> Loaded:
    """Take a calendar that an authority has signed, the own one or one above, where members look for it.

    Raises BadDirectory where it does not count here, Conflict for one that is older than the one that lies there.
    """
    home = Home(settings.home)
    directory = open_tree(home, settings)
    found = read_calendar(data, directory)
    domain = found.calendar.domain
    if domain not in ancestry(directory.domain):
        raise BadDirectory("the calendar of {name} does not count in {domain}, which is not below it",
                           name=domain, domain=directory.domain)  # fmt: skip
    present = filed_calendar(home.calendars, directory, domain)
    if present is not None and found.place < present.place:
        raise Conflict(
            "this is version {old} of the calendar of {domain}; version {new} is here",
            remedy="nothing is to be done; where the newer one is wrong, its authority loads the year anew",
            old=found.calendar.version,
            new=present.calendar.version,
            domain=domain,
        )
    keep_file(home.calendars, domain, data)
    return Loaded(found.calendar, present is None or present.data != data)


def _signed(
    authority: Authority, years: Sequence[AnnouncedYear], present: SignedCalendar | None, settings: Settings
) -> bytes:
    version = present.calendar.version + 1 if present else 1
    now = settings.clock.now()
    return sign_calendar(
        Calendar(domain=authority.domain, version=version, issued_at=now, years=tuple(years)), authority
    )


def _present(home: Home, directory: Lookup) -> SignedCalendar | None:
    """The newest of the file and the authority's own copy; one that is damaged is passed over where the other holds."""
    found: list[SignedCalendar | None] = []
    faults: list[BadDirectory] = []
    for folder, name in ((home.calendars, directory.domain), (home.authority, AUTHORITYS_COPY)):
        try:
            found.append(filed_calendar(folder, directory, name))
        except BadDirectory as error:
            faults.append(error)
    held = [one for one in found if one is not None]
    if faults and not held:
        raise faults[0]
    return max(held, key=lambda one: one.place, default=None)


def _keep(home: Home, signed: SignedCalendar) -> None:
    if home.authority.is_dir():
        keep_file(home.authority, AUTHORITYS_COPY, signed.data)
    keep_file(home.calendars, signed.calendar.domain, signed.data)


def _refuse_older(year: AnnouncedYear, before: AnnouncedYear | None) -> None:
    if before is None or before.announced_on is None or year.announced_on is None:
        return
    if year.announced_on < before.announced_on:
        raise Conflict(
            "{number} is of {older}; the year {year} is published by {present}, which is of {newer}",
            remedy="load the newest announcement of the year",
            number=year.number,
            older=year.announced_on,
            year=year.year,
            present=before.number,
            newer=before.announced_on,
        )


def _higher(home: Home, directory: Lookup, year: int) -> tuple[str, ...]:
    above = level_calendars(home, directory)
    return tuple(
        one.calendar.domain
        for one in above
        if one.calendar.domain != directory.domain and any(each.year == year for each in one.calendar.years)
    )
