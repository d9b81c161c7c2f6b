"""Commands about the calendar of working days: calendar load, show, check."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import console, plain, print_json, say
from exchange.directory import Lookup
from exchange.directory.calendars import SignedCalendar
from exchange.errors import CallerError, FileUnusable
from exchange.files.announcements import read_announcement
from exchange.language import tr
from exchange.operations.said.terms import moment
from exchange.runtime.calendars import level_calendars, read_calendars
from exchange.runtime.home import need_domain, open_tree
from exchange.runtime.settings import Home, Settings
from exchange.schemas import PAPER_LIMIT, AnnouncedYear
from exchange.schemas.instants import parse_day
from exchange.setup.calendars import Loaded, publish_year, take_signed
from exchange.workdays import ChinaCalendar, WorkingCalendar, announced_until

_SIGNED = b"\xd2"
"""How a COSE_Sign1 begins; no text does."""
_ICS = b"BEGIN:VCALENDAR"
_SHOWN = 10
_DAY = timedelta(days=1)

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="TOML, an ics, or a calendar that was signed.")]
YearOption = Annotated[int | None, typer.Option("--year", help="With an ics: the year that is read of it.")]
NumberOption = Annotated[str | None, typer.Option("--number", help="With an ics: how the announcement is cited.")]
OnOption = Annotated[
    str | None, typer.Option("--announced-on", metavar="DAY", help="With an ics: the day of the announcement.")
]
_calendar = typer.Typer(
    no_args_is_help=True, help="The calendar of working days: the State Council's holidays and make-up days."
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_calendar, name="calendar", rich_help_panel="A domain")


@_calendar.command("load")
def load(
    file: FileArgument,
    year: YearOption = None,
    number: NumberOption = None,
    announced_on: OnOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Publishes a year's holidays and make-up days, signed by the domain's authority under the next version.

    The file is TOML:

        year = 2026

        number = "..."

        announced_on = 2025-11-04

        holidays = ["2026-10-01/2026-10-07"]

        makeup_days = [2026-10-10]

    Of an ics, as people subscribe to holiday calendars, the whole-day events of --year are read that are marked as off
    or as worked (docs/deadlines.md); it needs --number, too.

    Members that are being served take it within seconds, here and on the levels below; nothing is restarted. Terms that
    run are reckoned again, their departments are told, and none ends before the day it was told before. Loaded again
    it changes nothing; an amended announcement replaces the year. Needs the authority's key.

    A calendar that was signed elsewhere (`calendars/DOMAIN.cose` there) is put where the members of this folder find
    it, without the key; an older one than is here is refused.
    """
    settings = Settings.read(home=home)
    need_domain(Home(settings.home))
    data = _head(file)
    if data.startswith(_SIGNED):
        _Said(year, number, announced_on).nothing()
        done = take_signed(settings, data)
    else:
        done = publish_year(settings, _read(file, settings, _Said(year, number, announced_on)), say)
    _tell(done, as_json)


@_calendar.command("check")
def check(
    file: FileArgument,
    year: YearOption = None,
    number: NumberOption = None,
    announced_on: OnOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reads such a file as `load` would, and shows which days would change. Changes nothing and needs no key."""
    settings = Settings.read(home=home)
    read = _read(file, settings, _Said(year, number, announced_on))
    now = _present(settings)[1]
    changes = {day.isoformat(): worked for day, worked in changed_days(now, read)}
    if as_json:
        print_json({"year": read.model_dump(mode="json"), "against": now.version, "changes": changes})
        return
    _show_year(read)
    console.print(plain(tr("against: {version}", version=now.version)))
    if not changes:
        say(tr("no day would change"))
    for day, worked in changes.items():
        say(tr("{day}: a working day from now on", day=day) if worked else tr("{day}: off from now on", day=day))


@_calendar.command("show")
def show(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Shows which calendar counts here: by which level each year is published, and how far days are announced."""
    settings = Settings.read(home=home)
    levels, now = _present(settings)
    until = announced_until(now, settings.clock.now().date())
    package = ChinaCalendar().version
    if as_json:
        print_json(
            {"calendar": now.version, "until": until, "package": package, "levels": [_facts(one) for one in levels]}
        )
        return
    console.print(plain(tr("calendar: {version}", version=now.version)))
    if until is not None:
        console.print(plain(tr("days are announced until {until}", until=until)))
    else:
        console.print(plain(tr("not even today is announced"), "yellow"))
    if not levels:
        say(tr("nothing is published here: the package {package} is gone by", package=package))
    for one in levels:
        said = {"domain": one.calendar.domain, "version": one.calendar.version, "at": moment(one.calendar.issued_at)}
        console.print(plain(tr("{domain}: version {version}, signed at {at}", **said), "bold"))
        for year in one.calendar.years:
            _show_year(year)


def changed_days(now: WorkingCalendar, year: AnnouncedYear) -> Iterable[tuple[date, bool]]:
    """Yield the days of a year that would be worked or off otherwise than now, each with what it would be."""
    day = date(year.year, 1, 1)
    while day.year == year.year:
        if now.is_workday(day) is not year.is_workday(day):
            yield day, year.is_workday(day)
        day += _DAY


def _present(settings: Settings) -> tuple[tuple[SignedCalendar, ...], WorkingCalendar]:
    home = Home(settings.home)
    need_domain(home)
    directory: Lookup = open_tree(home, settings)
    return level_calendars(home, directory), read_calendars(home, directory)


@dataclass(frozen=True)
class _Said:
    """What the command line says of an announcement: all that an ics does not."""

    year: int | None
    number: str | None
    announced_on: str | None

    def nothing(self) -> None:
        """Raise CallerError where it says anything."""
        if self != _Said(None, None, None):
            raise CallerError(
                "--year, --number and --announced-on go with an ics",
                remedy="leave them out: this file says it itself",
            )

    def day(self) -> date | None:
        """Return the day of the announcement. Raises CallerError."""
        try:
            return parse_day(self.announced_on) if self.announced_on else None
        except ValueError:
            what, remedy = "--announced-on: {day!r} is no day", "write it as 2026-11-04"
            raise CallerError(what, remedy=remedy, day=self.announced_on) from None


def _read(file: Path, settings: Settings, asked: _Said) -> AnnouncedYear:
    today = settings.clock.now().date()
    begins = _head(file).removeprefix(codecs.BOM_UTF8).lstrip()[: len(_ICS)].upper()
    if begins != _ICS and file.suffix.casefold() != ".ics":
        asked.nothing()
        return read_announcement(file, today)
    from exchange.files.ics import read_ics

    if asked.year is None or not asked.number:
        raise CallerError(
            "an ics does not say of which announcement it is", remedy="add --year YEAR and --number NUMBER, as cited"
        )
    found = read_ics(file, asked.year, asked.number, asked.day(), today)
    if found.left_out:
        shown = ", ".join(found.left_out[:_SHOWN]) + ("…" if len(found.left_out) > _SHOWN else "")
        say(tr("left out, since they bear no mark: {events}", events=shown))
    return found.year


def _head(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(PAPER_LIMIT + 1)
    except OSError as error:
        why = error.strerror
        raise FileUnusable("{path}: {reason}", remedy="name a file that can be read", path=file, reason=why) from error


def _tell(done: Loaded, as_json: bool) -> None:
    found = done.calendar
    if as_json:
        facts = {"domain": found.domain, "version": found.version, "changed": done.changed}
        print_json(facts | {"years": [one.year for one in found.years], "higher": list(done.higher)})
        return
    if done.changed:
        years = ", ".join(str(one.year) for one in found.years)
        said = tr("calendar of {domain}: version {version}, years {years}", domain=found.domain,
                  version=found.version, years=years)  # fmt: skip
    else:
        said = tr("calendar of {domain}: version {version} says so already", domain=found.domain, version=found.version)
    console.print(plain(said))
    for domain in done.higher:
        say(tr("{domain} has published this year, too: what it says counts here", domain=domain))


def _show_year(year: AnnouncedYear) -> None:
    table = Table(border_style="dim", header_style="bold", title=None)
    for title in (tr("year"), tr("announcement"), tr("holidays"), tr("make-up days")):
        table.add_column(title, overflow="fold")
    number = f"{year.number} ({year.announced_on})" if year.announced_on else year.number
    table.add_row(str(year.year), plain(number), spans(year.holidays), spans(year.makeup_days))
    console.print(table)


def spans(days: Iterable[date]) -> str:
    """Write days of a year in order, what follows on one another as a span: 10-01/10-07, 10-10."""
    found: list[list[date]] = []
    for day in days:
        if found and day == found[-1][-1] + _DAY:
            found[-1].append(day)
        else:
            found.append([day])
    return ", ".join(f"{one[0]:%m-%d}" if len(one) == 1 else f"{one[0]:%m-%d}/{one[-1]:%m-%d}" for one in found)


def _facts(one: SignedCalendar) -> Mapping[str, Any]:
    return one.calendar.model_dump(mode="json")
