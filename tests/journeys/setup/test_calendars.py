"""The calendar of working days is published by the authority, and taken by members that are being served."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from exchange.clock import SteppedClock
from exchange.directory import Authority, load_authority_certificate
from exchange.directory.calendars import sign_calendar
from exchange.errors import BadDirectory, BadKeys, Conflict
from exchange.messaging.node import Node
from exchange.runtime.calendars import GONE_BY
from exchange.runtime.home import open_member
from exchange.schemas import MAX_YEARS, AnnouncedYear, Calendar
from exchange.setup import succession
from exchange.setup.calendars import publish_year, take_signed
from exchange.workdays import ChinaCalendar
from tests.journeys.city import MONDAY
from tests.journeys.folders import Domain, copied

FRIDAY, SATURDAY = date(2026, 3, 6), date(2026, 3, 7)


def year(*holidays: date, number: int = 2026, worked: tuple[date, ...] = (), **fields: object) -> AnnouncedYear:
    days = holidays or (date(number, 1, 1),)
    return AnnouncedYear(year=number, number="n", holidays=days, makeup_days=worked, **fields)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Domain:
    return Domain(tmp_path_factory.mktemp("made"), "a", SteppedClock(MONDAY))


@pytest.fixture
def domain(made: Domain, tmp_path: Path) -> Domain:
    return copied(made, tmp_path)


def file_of(domain: Domain) -> Path:
    return domain.home.calendars / "a.cose"


def publish(domain: Domain, announced: AnnouncedYear) -> tuple[int, bool]:
    done = publish_year(domain.settings, announced, domain.say)
    return done.calendar.version, done.changed


def goes_by(node: Node) -> str:
    """The level's version that a member goes by after a look, as the calendar's name tells it."""
    node.renew()
    return node.calendar.version.partition("(")[2].partition(";")[0] or node.calendar.version


def test_each_change_is_a_version_and_nothing_older_replaces_what_is_newer(domain: Domain) -> None:
    assert publish(domain, year(announced_on=date(2025, 11, 4))) == (1, True)
    assert publish(domain, year(announced_on=date(2025, 11, 4))) == (1, False), "loaded again it changes nothing"
    with pytest.raises(Conflict, match="the year 2026 is published by n, which is of 2025-11-04"):
        publish(domain, year(FRIDAY, announced_on=date(2025, 11, 3)))
    first = file_of(domain).read_bytes()
    assert publish(domain, year(FRIDAY, announced_on=date(2026, 2, 1))) == (2, True), "an amendment"
    with pytest.raises(Conflict, match="this is version 1 of the calendar of a; version 2 is here"):
        take_signed(domain.settings, first)

    file_of(domain).write_bytes(first)
    assert publish(domain, year(number=2027)) == (3, True), "the authority keeps its own copy: versions go on"
    shutil.rmtree(domain.home.calendars)
    assert publish(domain, year(number=2027)) == (3, False), "what was lost is put back"
    assert file_of(domain).exists()

    for number in range(2014, 2026):
        done = publish_year(domain.settings, year(number=number), domain.say)
    assert len(done.calendar.years) == MAX_YEARS, "the oldest are left out"
    assert done.calendar.years[-1].year == 2027

    (domain.home.authority / "authority.key").rename(domain.home.authority / "elsewhere")
    with pytest.raises(BadKeys):
        publish(domain, year(SATURDAY))


def test_members_take_what_is_published_while_they_are_served_and_never_go_back(domain: Domain) -> None:
    window = open_member(domain.settings, "a.window")
    node = window.node
    assert goes_by(node) == ChinaCalendar().version
    publish(domain, year(FRIDAY))
    first = file_of(domain).read_bytes()
    assert goes_by(node) == "a version 1"
    assert not node.calendar.is_workday(FRIDAY)
    publish(domain, year(worked=(SATURDAY,)))
    assert goes_by(node) == "a version 2"
    newest = file_of(domain).read_bytes()

    file_of(domain).write_bytes(first)
    assert goes_by(node) == "a version 2", "an older file takes nothing back"
    assert file_of(domain).read_bytes() == newest, "and is replaced by what counts"
    file_of(domain).unlink()
    assert goes_by(node) == "a version 2"
    assert file_of(domain).read_bytes() == newest
    file_of(domain).write_bytes(newest[:-1] + bytes([newest[-1] ^ 1]))
    assert goes_by(node) == "a version 2"
    node.take_calendar(first, node.directory)
    assert goes_by(node) == "a version 2", "nor does an older one that comes beside a message"
    window.store.close()

    shutil.rmtree(domain.home.calendars)
    again = open_member(domain.settings, "a.window")
    assert again.node.calendar.is_workday(SATURDAY), "it is kept in the member's own database"
    with again.store.reading() as tx:
        assert tx.get_meta(GONE_BY) == again.node.calendar.version
    again.store.close()

    planning = open_member(domain.settings, "a.planning")  # as on another host, whose folder has none
    shutil.rmtree(domain.home.calendars)
    planning.node.take_calendar(newest, planning.node.directory)
    assert goes_by(planning.node) == "a version 2"
    planning.store.close()


def test_what_no_authority_of_the_domain_has_signed_does_not_count(domain: Domain, tmp_path: Path) -> None:
    opened = open_member(domain.settings, "a.window")
    other = Authority.open_or_create(tmp_path / "other", "a", MONDAY)
    forged = sign_calendar(Calendar(domain="a", version=9, issued_at=MONDAY, years=(year(FRIDAY),)), other)
    foreign = sign_calendar(
        Calendar(domain="b", version=9, issued_at=MONDAY, years=(year(FRIDAY),)),
        Authority.open_or_create(tmp_path / "b", "b", MONDAY),
    )
    for data in (forged, foreign, b"no calendar", forged[:20]):
        with pytest.raises(BadDirectory):
            take_signed(domain.settings, data)
        with pytest.raises(BadDirectory):
            opened.node.take_calendar(data, opened.node.directory)
    domain.home.calendars.mkdir(exist_ok=True)
    file_of(domain).write_bytes(forged)
    assert goes_by(opened.node) == ChinaCalendar().version
    opened.store.close()


def test_a_new_authority_signs_the_calendar_anew_and_the_old_one_says_nothing_more(domain: Domain) -> None:
    opened = open_member(domain.settings, "a.window")
    publish(domain, year(FRIDAY))
    before = Authority.open_or_create(domain.home.authority, "a", MONDAY)
    assert goes_by(opened.node) == "a version 1"

    succession.renew(domain.settings, "ten years are over", domain.say)

    assert goes_by(opened.node) == "a version 2"
    assert not opened.node.calendar.is_workday(FRIDAY), "the years are the same"
    late = Calendar(domain="a", version=99, issued_at=MONDAY + timedelta(days=1), years=(year(worked=(SATURDAY,)),))
    with pytest.raises(Conflict):
        take_signed(domain.settings, sign_calendar(late, before))
    opened.node.take_calendar(sign_calendar(late, before), opened.node.directory)
    assert goes_by(opened.node) == "a version 2", "any of the new authority's counts for more"
    assert publish(domain, year(number=2027)) == (3, True)
    assert load_authority_certificate(domain.home.authority) != before.certificate
    opened.store.close()
